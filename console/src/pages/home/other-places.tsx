import { BookOpen, FlaskConical, Inbox, type LucideIcon } from 'lucide-react';
import { PLACES } from '../../client/places.js';
import { useTexts } from '../../texts/texts-provider.js';
import styles from './other-places.module.css';

/** Links to what else the server shows. */
export function OtherPlaces() {
  const { t } = useTexts();
  const { documentation, laboratory, mailbox } = PLACES;
  return (
    <nav className={styles.places} aria-label={t('home.places')}>
      <Place href={documentation} Icon={BookOpen} name="docs" />
      {laboratory !== undefined && <Place href={laboratory} Icon={FlaskConical} name="lab" />}
      {mailbox !== undefined && <Place href={mailbox} Icon={Inbox} name="mailbox" />}
    </nav>
  );
}

interface PlaceProps {
  readonly href: string;
  readonly Icon: LucideIcon;
  readonly name: 'docs' | 'lab' | 'mailbox';
}

function Place({ href, Icon, name }: PlaceProps) {
  const { t } = useTexts();
  return (
    <a className={styles.place} href={href}>
      <Icon size={22} aria-hidden="true" />
      <span className={styles.name}>{t(`home.${name}`)}</span>
      <span className={styles.about}>{t(`home.${name}About`)}</span>
    </a>
  );
}

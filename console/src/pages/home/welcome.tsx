import { useAuth } from '@evergreen-auth/client/react';
import { PAGES } from '../../pages.js';
import { useTexts } from '../../texts/texts-provider.js';
import { ButtonLink } from '../../ui/button-link.js';
import { Heading } from '../../ui/heading.js';
import { Notice } from '../../ui/notice.js';
import { OtherPlaces } from './other-places.js';
import { SessionStory } from './session-story.js';
import styles from './welcome.module.css';

/** For somebody who opens the server for the first time. */
export function Welcome() {
  const { t } = useTexts();
  return (
    <div className={styles.page}>
      <Ended />
      <section className={styles.hero}>
        <div className={styles.words}>
          <Heading title={t('home.title')} />
          <p className={styles.intro}>{t('home.intro')}</p>
          <div className={styles.ways}>
            <ButtonLink kind="primary" href={PAGES.signUp}>
              {t('home.signUp')}
            </ButtonLink>
            <ButtonLink href={PAGES.signIn}>{t('nav.signIn')}</ButtonLink>
          </div>
        </div>
        <SessionStory />
      </section>
      <OtherPlaces />
    </div>
  );
}

/** Why the session that was here is over. */
function Ended() {
  const { reason = 'none' } = useAuth();
  const { errorText } = useTexts();
  if (reason === 'none') return null;
  return (
    <Notice kind={reason === 'signed_out' ? 'success' : 'info'}>
      {errorText({ code: reason })}
    </Notice>
  );
}

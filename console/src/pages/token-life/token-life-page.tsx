import { useTexts } from '../../texts/texts-provider.js';
import { PageHead } from '../../ui/page-head.js';
import { Waiting } from '../../ui/waiting.js';
import { ClientLog } from './client-log-view.js';
import { Experiments } from './experiments.js';
import { Lives } from './lives.js';
import styles from './token-life.module.css';
import { useLife } from './use-life.js';

/** For developers: how the client keeps this session, live, and what it does when something fails. */
export default function TokenLifePage() {
  const { t } = useTexts();
  const life = useLife();
  if (life === undefined) return <Waiting />;
  return (
    <div className={styles.page}>
      <PageHead title={t('tokenLife.title')} intro={t('tokenLife.intro')} />
      {life && <Lives life={life} />}
      <Experiments />
      <ClientLog />
    </div>
  );
}

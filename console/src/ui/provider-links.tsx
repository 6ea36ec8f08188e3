import clsx from 'clsx';
import { signInPath } from '../client/login-providers.js';
import { providerTitle } from '../client/provider-title.js';
import { SETTINGS } from '../settings.js';
import { useTexts } from '../texts/texts-provider.js';
import button from './button.module.css';
import styles from './provider-links.module.css';

interface ProviderLinksProps {
  /** The page after the sign-in, below the path of the console. */
  readonly returnTo: string;
}

/** A link for each login provider of the server; nothing where there is none. */
export function ProviderLinks({ returnTo }: ProviderLinksProps) {
  const { t } = useTexts();
  const { loginProviders } = SETTINGS;
  if (loginProviders.length === 0) return null;
  return (
    <div className={styles.providers}>
      <p className={styles.or}>{t('with.or')}</p>
      {loginProviders.map((name) => (
        <a
          key={name}
          className={clsx(button.button, button.link, button.plain)}
          href={signInPath(name, returnTo)}
        >
          {t('with.signIn', { name: providerTitle(name) })}
        </a>
      ))}
    </div>
  );
}

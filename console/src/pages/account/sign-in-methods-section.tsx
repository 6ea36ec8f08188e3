import { KeyRound } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { providerError } from '../../client/provider-error.js';
import { issuerTitle } from '../../client/provider-title.js';
import { usePolled } from '../../client/use-polled.js';
import { SETTINGS } from '../../settings.js';
import { useTexts } from '../../texts/texts-provider.js';
import { ConfirmButton } from '../../ui/confirm-button.js';
import { LoadState } from '../../ui/load-state.js';
import { Moment } from '../../ui/moment.js';
import { Notice } from '../../ui/notice.js';
import { ProviderErrorNotice } from '../../ui/provider-error-notice.js';
import { Untrusted } from '../../ui/untrusted.js';
import { useKeptFocus } from '../../ui/use-kept-focus.js';
import { type Identity, listIdentities, unlink } from './identities.js';
import { LinkButton } from './link-button.js';
import { Section } from './section.js';
import styles from './sign-in-methods-section.module.css';

/** The login providers that the user can sign in with: which are linked, and others to link. */
export function SignInMethodsSection() {
  const { t } = useTexts();
  const { value: identities, error, reload } = usePolled(listIdentities);
  const [isUnlinked, setUnlinked] = useState(false);
  const { area, fallback } = useKeptFocus<HTMLDivElement>(identities);
  const onUnlink = async (identity: Identity) => {
    await unlink(identity);
    setUnlinked(true);
    await reload();
  };
  return (
    <Section title={t('methods.title')} intro={<p>{t('methods.intro')}</p>}>
      <Failure />
      {isUnlinked && <Notice kind="success">{t('methods.unlinked')}</Notice>}
      <div className={styles.linked} ref={fallback} tabIndex={-1} {...area}>
        <LoadState isLoaded={identities !== undefined} error={error} retry={reload}>
          {identities?.length === 0 && <p className={styles.none}>{t('methods.none')}</p>}
          <ul className={styles.list}>
            {identities?.map((identity) => (
              <Linked key={identity.id} identity={identity} onUnlink={onUnlink} />
            ))}
          </ul>
        </LoadState>
      </div>
      <div className={styles.buttons}>
        {SETTINGS.loginProviders.map((name) => (
          <LinkButton key={name} name={name} />
        ))}
      </div>
    </Section>
  );
}

interface LinkedProps {
  readonly identity: Identity;
  readonly onUnlink: (identity: Identity) => Promise<void>;
}

function Linked({ identity, onUnlink }: LinkedProps) {
  const { t } = useTexts();
  const issuer = issuerTitle(identity.issuer);
  return (
    <li className={styles.identity}>
      <KeyRound size={20} aria-hidden="true" />
      <div className={styles.words}>
        <strong>
          <Untrusted text={issuer} />
        </strong>
        <Untrusted text={identity.subject} />
        <span className={styles.since}>
          {t('methods.since')} <Moment at={identity.created_at} />
        </span>
      </div>
      <ConfirmButton
        kind="plain"
        label={t('methods.unlink')}
        ariaLabel={t('methods.unlink.of', { issuer })}
        title={t('methods.unlink.title')}
        confirm={t('methods.unlink')}
        onConfirm={() => onUnlink(identity)}
      >
        {t('methods.unlink.text')}
      </ConfirmButton>
    </li>
  );
}

/** Why the last attempt to link has failed, where the user looks for it. */
function Failure() {
  const code = providerError();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.scrollIntoView({ block: 'center' }), []);
  if (code === undefined) return null;
  return (
    <div ref={place}>
      <ProviderErrorNotice code={code} />
    </div>
  );
}

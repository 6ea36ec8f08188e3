import { useAuth } from '@evergreen-auth/client/react';
import { api } from '../../client/api.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import { ConfirmButton } from '../../ui/confirm-button.js';
import { useAction } from '../../ui/use-action.js';
import { Section } from './section.js';
import styles from './sign-out-section.module.css';

/** Here, or everywhere at once. */
export function SignOutSection() {
  const { logout } = useAuth();
  const { t } = useTexts();
  const here = useAction(() => logout());
  // Not `logout({ scope: 'global' })`, which first signs out here: as long as the server does not
  // know, the user stays, is told so in the dialog, and can try again.
  const everywhere = async () => {
    await api('/api/auth/logout-all', { method: 'POST' });
    await logout();
  };
  return (
    <Section title={t('account.signOut')} intro={<p>{t('account.signOutIntro')}</p>}>
      <div className={styles.buttons}>
        <Button busy={here.isBusy} onClick={() => void here.run()}>
          {t('account.signOutHere')}
        </Button>
        <ConfirmButton
          label={t('account.signOutEverywhere')}
          title={t('account.signOutQuestion')}
          confirm={t('account.signOutConfirm')}
          onConfirm={everywhere}
        >
          {t('account.signOutEffect')}
        </ConfirmButton>
      </div>
    </Section>
  );
}

import { useAuth } from '@evergreen-auth/client/react';
import { useSyncExternalStore } from 'react';
import { Link, useLocation } from 'wouter';
import { proofRequest } from '../client/proof-request.js';
import { PAGES } from '../pages.js';
import { pageAfterProvider } from '../pages/sign-in/after-sign-in.js';
import { useTexts } from '../texts/texts-provider.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Form, type FormValues } from '../ui/form.js';
import { PasswordField } from '../ui/password-field.js';
import { ProviderLinks } from '../ui/provider-links.js';
import { useAction } from '../ui/use-action.js';

/**
 * Asks for the password where a request needs it; the request then goes on by itself. Who has none
 * signs in once more with a login provider, and comes back to the page.
 */
export function ProofDialog() {
  const { t } = useTexts();
  const [path] = useLocation();
  const isOpen = useSyncExternalStore(proofRequest.subscribe, proofRequest.isOpen);
  const leave = () => proofRequest.end(false);
  return (
    <Dialog
      isOpen={isOpen}
      title={t('proof.title')}
      description={<p>{t('proof.intro')}</p>}
      onCancel={leave}
    >
      <ProofForm />
      <Button onClick={leave}>{t('confirm.cancel')}</Button>
      <ProviderLinks returnTo={pageAfterProvider(path, history.state, Object.values(PAGES))} />
      <Link href={PAGES.forgotPassword} onClick={leave}>
        {t('proof.noPassword')}
      </Link>
    </Dialog>
  );
}

/** Its own component, since its state is to end with the dialog. */
function ProofForm() {
  const { reauthenticate } = useAuth();
  const { t } = useTexts();
  const action = useAction(async ({ current_password = '' }: FormValues) => {
    await reauthenticate({ current_password });
    proofRequest.end(true);
  });
  return (
    <Form submit={t('proof.submit')} action={action}>
      <PasswordField
        name="current_password"
        label={t('field.currentPassword')}
        autoComplete="current-password"
      />
    </Form>
  );
}

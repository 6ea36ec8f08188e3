import { useTexts } from '../texts/texts-provider.js';
import { Notice } from './notice.js';

interface ProviderErrorNoticeProps {
  /** The code that a sign-in with a login provider has left. */
  readonly code: string;
}

/** Why a sign-in with a login provider has failed. */
export function ProviderErrorNotice({ code }: ProviderErrorNoticeProps) {
  const { t, errorText } = useTexts();
  // Its sentence is about an address and a password.
  const isBarred = code === 'invalid_credentials';
  return <Notice kind="error">{isBarred ? t('with.barred') : errorText({ code })}</Notice>;
}

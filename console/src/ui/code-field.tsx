import { useTexts } from '../texts/texts-provider.js';
import { TextField } from './text-field.js';

/** A field for the code of a mail. It takes the focus where it appears during a flow. */
export function CodeField({ autoFocus = false }: { readonly autoFocus?: boolean }) {
  const { t } = useTexts();
  return (
    <TextField
      name="code"
      label={t('field.code')}
      hint={t('field.codeHint')}
      inputMode="numeric"
      autoComplete="one-time-code"
      maxLength={40}
      autoFocus={autoFocus}
      required
    />
  );
}

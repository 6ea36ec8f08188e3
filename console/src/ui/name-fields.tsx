import { useTexts } from '../texts/texts-provider.js';
import styles from './name-fields.module.css';
import { TextField } from './text-field.js';

interface NameFieldsProps {
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
}

/** First and last name, both optional, with what they are in the beginning. */
export function NameFields({ firstName, lastName }: NameFieldsProps) {
  const { t } = useTexts();
  return (
    <div className={styles.names}>
      <TextField
        name="first_name"
        label={t('field.firstName')}
        autoComplete="given-name"
        defaultValue={firstName ?? ''}
      />
      <TextField
        name="last_name"
        label={t('field.lastName')}
        autoComplete="family-name"
        defaultValue={lastName ?? ''}
      />
    </div>
  );
}

import { Field } from '@base-ui/react/field';
import { type ComponentProps, type ReactNode, use } from 'react';
import { useTexts } from '../texts/texts-provider.js';
import { type Fault, FaultsContext } from './faults.js';
import styles from './text-field.module.css';

interface TextFieldProps extends ComponentProps<typeof Field.Control> {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** What is wrong with the value, where the form around it does not know. */
  readonly error?: string | undefined;
  /** Within the field, at its end. */
  readonly end?: ReactNode;
}

/** A field for one line of text, with its label, and below it what is wrong with its value. */
export function TextField({ name, label, hint, error, end, ...control }: TextFieldProps) {
  const { t, errorText } = useTexts();
  const { [name]: fault } = use(FaultsContext);
  const sentenceOf = (found: Fault) => ('key' in found ? t(found.key) : errorText(found));
  const wrong = error ?? (fault && sentenceOf(fault));
  return (
    <Field.Root className={styles.field} name={name} invalid={wrong !== undefined}>
      <Field.Label className={styles.label}>{label}</Field.Label>
      <div className={styles.frame}>
        <Field.Control
          className={styles.control}
          aria-invalid={wrong !== undefined || undefined}
          {...control}
        />
        {end}
      </div>
      {hint !== undefined && <Field.Description className={styles.hint}>{hint}</Field.Description>}
      <Field.Error className={styles.error} match={wrong !== undefined}>
        {wrong}
      </Field.Error>
    </Field.Root>
  );
}

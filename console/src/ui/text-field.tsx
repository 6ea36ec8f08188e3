import { Field } from '@base-ui/react/field';
import type { ComponentProps } from 'react';
import styles from './text-field.module.css';

interface TextFieldProps extends ComponentProps<typeof Field.Control> {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** What is wrong with the value, shown below it and read with it. */
  readonly error?: string | undefined;
}

/** A field for one line of text, with its label and what is wrong with it. */
export function TextField({ name, label, hint, error, ...control }: TextFieldProps) {
  return (
    <Field.Root className={styles.field} name={name} invalid={error !== undefined}>
      <Field.Label className={styles.label}>{label}</Field.Label>
      <Field.Control className={styles.control} {...control} />
      {hint !== undefined && <Field.Description className={styles.hint}>{hint}</Field.Description>}
      <Field.Error className={styles.error} match={error !== undefined}>
        {error}
      </Field.Error>
    </Field.Root>
  );
}

import type { ComponentProps } from 'react';
import styles from './checkbox.module.css';

interface CheckboxProps extends ComponentProps<'input'> {
  readonly label: string;
}

/** A check box of the browser, with its label. */
export function Checkbox({ label, ...input }: CheckboxProps) {
  return (
    <label className={styles.checkbox}>
      <input type="checkbox" {...input} />
      <span>{label}</span>
    </label>
  );
}

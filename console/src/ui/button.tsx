import clsx from 'clsx';
import type { ComponentProps } from 'react';
import styles from './button.module.css';

interface ButtonProps extends ComponentProps<'button'> {
  /** `primary` for the one action of a form, `danger` for what cannot be undone. */
  readonly kind?: 'primary' | 'plain' | 'danger';
  /** While true, the button does nothing and says that it is busy. */
  readonly busy?: boolean;
}

/** A button. While it is busy it keeps its size and the focus. */
export function Button({ kind = 'plain', busy = false, onClick, ...others }: ButtonProps) {
  return (
    <button
      type="button"
      {...others}
      className={clsx(styles.button, styles[kind])}
      aria-busy={busy}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    />
  );
}

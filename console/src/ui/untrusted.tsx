import styles from './untrusted.module.css';

interface UntrustedProps {
  readonly text: string;
}

/**
 * A text of somebody else, such as a name: its writing direction changes nothing around it, what is
 * invisible is left out, and it takes three lines at most; its title has all of it.
 */
export function Untrusted({ text }: UntrustedProps) {
  const shown = text.replace(INVISIBLE, '\ufffd');
  return (
    <bdi className={styles.text} title={shown.length > LONG ? shown : undefined}>
      {shown}
    </bdi>
  );
}

/** More may not fit in three lines of a phone. */
const LONG = 60;

/** Controls, and characters that change the writing direction of what follows them. */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu;

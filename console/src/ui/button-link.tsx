import clsx from 'clsx';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import styles from './button.module.css';

interface ButtonLinkProps {
  readonly href: string;
  readonly kind?: 'primary' | 'plain';
  /** For the page that it leads to. */
  readonly state?: unknown;
  readonly children: ReactNode;
}

/** A link to another page of the console that is as important as a button. */
export function ButtonLink({ kind = 'plain', ...link }: ButtonLinkProps) {
  return <Link {...link} className={clsx(styles.button, styles.link, styles[kind])} />;
}

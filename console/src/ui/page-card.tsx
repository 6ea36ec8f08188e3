import type { ReactNode } from 'react';
import { Heading } from './heading.js';
import styles from './page-card.module.css';

interface PageCardProps {
  readonly title: string;
  readonly children: ReactNode;
  /** Below all else: links to other pages. */
  readonly footer?: ReactNode;
}

/** A page that is one narrow card. */
export function PageCard({ title, children, footer }: PageCardProps) {
  return (
    <section className={styles.card}>
      <Heading title={title} />
      {children}
      {footer !== undefined && <div className={styles.footer}>{footer}</div>}
    </section>
  );
}

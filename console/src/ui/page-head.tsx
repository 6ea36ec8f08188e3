import type { ReactNode } from 'react';
import { Heading } from './heading.js';
import styles from './page-head.module.css';

interface PageHeadProps {
  readonly title: string;
  readonly intro: ReactNode;
  /** What can be done with all of the page. */
  readonly children?: ReactNode;
}

/** The heading of a page, one sentence about it, and beside them what can be done. */
export function PageHead({ title, intro, children }: PageHeadProps) {
  return (
    <div className={styles.head}>
      <div className={styles.words}>
        <Heading title={title} />
        <p className={styles.intro}>{intro}</p>
      </div>
      {children}
    </div>
  );
}

import type { ReactNode, Ref } from 'react';
import styles from './page-head.module.css';

interface PageHeadProps {
  readonly title: string;
  readonly intro: ReactNode;
  /** What can be done with all of the page. */
  readonly children?: ReactNode;
  readonly headingRef?: Ref<HTMLHeadingElement>;
}

/** The heading of a page, one sentence about it, and beside them what can be done. */
export function PageHead({ title, intro, children, headingRef }: PageHeadProps) {
  return (
    <div className={styles.head}>
      <div className={styles.words}>
        <h1 ref={headingRef} tabIndex={-1}>
          {title}
        </h1>
        <p className={styles.intro}>{intro}</p>
      </div>
      {children}
    </div>
  );
}

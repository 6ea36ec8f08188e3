import { type ReactNode, useId } from 'react';
import styles from './section.module.css';

interface SectionProps {
  readonly title: string;
  readonly intro: ReactNode;
  readonly children: ReactNode;
}

/** A part of the page: what it is about, and beside that, on a phone below it, what can be done. */
export function Section({ title, intro, children }: SectionProps) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div className={styles.words}>
        <h2 id={id}>{title}</h2>
        <div className={styles.intro}>{intro}</div>
      </div>
      <div className={styles.body}>{children}</div>
    </section>
  );
}

import type { ComponentProps } from 'react';
import styles from './panel.module.css';

/** A surface with a border, for a list or for what belongs together. */
export function Panel(section: ComponentProps<'section'>) {
  return <section {...section} className={styles.panel} />;
}

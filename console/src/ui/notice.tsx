import clsx from 'clsx';
import { CircleAlert, CircleCheck, Info } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './notice.module.css';

interface NoticeProps {
  readonly kind: 'error' | 'info' | 'success';
  readonly children: ReactNode;
}

const ICONS = { error: CircleAlert, info: Info, success: CircleCheck };

/** A sentence that a screen reader reads as soon as it appears. */
export function Notice({ kind, children }: NoticeProps) {
  const Icon = ICONS[kind];
  return (
    <div className={clsx(styles.notice, styles[kind])} role={kind === 'error' ? 'alert' : 'status'}>
      <Icon size={20} aria-hidden="true" />
      <div>{children}</div>
    </div>
  );
}

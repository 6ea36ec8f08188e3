import type { ReactNode } from 'react';
import { useTexts } from '../texts/texts-provider.js';
import { Button } from './button.js';
import styles from './load-state.module.css';
import { Notice } from './notice.js';

interface LoadStateProps {
  readonly isLoaded: boolean;
  /** Why the last attempt has failed; undefined if it has not. */
  readonly error: unknown;
  readonly retry: () => unknown;
  readonly children: ReactNode;
}

/**
 * Something of the server: while it is not there yet, its place is kept; what fails can be tried
 * again, and what was loaded before stays where it is.
 */
export function LoadState({ isLoaded, error, retry, children }: LoadStateProps) {
  const { t, errorText } = useTexts();
  if (error === undefined && !isLoaded)
    return (
      <p className={styles.waiting} role="status">
        {t('app.loading')}
      </p>
    );
  return (
    <>
      {isLoaded && children}
      {error !== undefined && (
        <div className={styles.failed}>
          <Notice kind={isLoaded ? 'info' : 'error'}>{errorText(error)}</Notice>
          <Button onClick={() => void retry()}>{t('load.retry')}</Button>
        </div>
      )}
    </>
  );
}

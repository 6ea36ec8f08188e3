import { type ReactNode, useEffect, useId, useRef } from 'react';
import styles from './dialog.module.css';

interface DialogProps {
  readonly isOpen: boolean;
  /** `alertdialog` for a question that has to be answered. */
  readonly role?: 'dialog' | 'alertdialog';
  readonly title: string;
  /** What it is about: read together with the title. */
  readonly description: ReactNode;
  readonly children: ReactNode;
  /** Called when the user leaves it by the keyboard. */
  readonly onCancel: () => void;
}

/**
 * A modal dialog of the browser, which cares for the focus, the keyboard and the layer above the
 * page. The same by a library of components took 20 kB.
 */
export function Dialog({ isOpen, role, title, description, children, onCancel }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      role={role}
      aria-labelledby={`${id}title`}
      aria-describedby={`${id}description`}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      {isOpen && (
        <div className={styles.content}>
          <h2 id={`${id}title`} className={styles.title}>
            {title}
          </h2>
          <div id={`${id}description`} className={styles.description}>
            {description}
          </div>
          {children}
        </div>
      )}
    </dialog>
  );
}

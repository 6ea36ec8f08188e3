import { AlertDialog } from '@base-ui/react/alert-dialog';
import { type ReactNode, useRef, useState } from 'react';
import { useTexts } from '../texts/texts-provider.js';
import { Button } from './button.js';
import styles from './dialog.module.css';
import { Notice } from './notice.js';
import { useAction } from './use-action.js';

interface ConfirmButtonProps {
  /** What the button says. */
  readonly label: ReactNode;
  /** For screen readers, where the label alone does not say of what. */
  readonly ariaLabel?: string;
  readonly kind?: 'plain' | 'danger';
  /** The question. */
  readonly title: string;
  /** What will happen. */
  readonly children: ReactNode;
  /** What the button says that does it. */
  readonly confirm: string;
  readonly onConfirm: () => Promise<unknown>;
}

/**
 * A button that asks first. It stays open while what it does runs, and where that fails it says so;
 * the safe choice has the focus.
 */
export function ConfirmButton({
  label,
  ariaLabel,
  kind = 'danger',
  title,
  children,
  confirm,
  onConfirm,
}: ConfirmButtonProps) {
  const { t, errorText } = useTexts();
  const [isOpen, setOpen] = useState(false);
  const cancel = useRef<HTMLButtonElement>(null);
  const action = useAction(onConfirm);
  const run = async () => {
    if (await action.run()) setOpen(false);
  };
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={(open) => setOpen(open || action.isBusy)}>
      <AlertDialog.Trigger render={<Button kind={kind} aria-label={ariaLabel} />}>
        {label}
      </AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={styles.backdrop} />
        <AlertDialog.Popup className={styles.popup} initialFocus={cancel}>
          <AlertDialog.Title className={styles.title}>{title}</AlertDialog.Title>
          <AlertDialog.Description className={styles.description} render={<div />}>
            {children}
          </AlertDialog.Description>
          {action.error !== undefined && <Notice kind="error">{errorText(action.error)}</Notice>}
          <div className={styles.buttons}>
            <AlertDialog.Close ref={cancel} render={<Button />}>
              {t('confirm.cancel')}
            </AlertDialog.Close>
            <Button kind="danger" busy={action.isBusy} onClick={() => void run()}>
              {confirm}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

import { type ReactNode, useState } from 'react';
import { useTexts } from '../texts/texts-provider.js';
import { Button } from './button.js';
import { Dialog } from './dialog.js';
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
  const action = useAction(onConfirm);
  const run = async () => {
    if (await action.run()) setOpen(false);
  };
  const cancel = () => {
    if (!action.isBusy) setOpen(false);
  };
  return (
    <>
      <Button kind={kind} aria-label={ariaLabel} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Dialog
        isOpen={isOpen}
        role="alertdialog"
        title={title}
        description={children}
        onCancel={cancel}
      >
        {action.error !== undefined && <Notice kind="error">{errorText(action.error)}</Notice>}
        <div className={styles.buttons}>
          <Button autoFocus onClick={cancel}>
            {t('confirm.cancel')}
          </Button>
          <Button kind="danger" busy={action.isBusy} onClick={() => void run()}>
            {confirm}
          </Button>
        </div>
      </Dialog>
    </>
  );
}

import type { ReactNode, SubmitEvent } from 'react';
import { useTexts } from '../texts/texts-provider.js';
import { Button } from './button.js';
import styles from './form-card.module.css';
import { type FormValues, valuesOf } from './form-values.js';
import { Notice } from './notice.js';
import type { Action } from './use-action.js';

interface FormCardProps {
  readonly title: string;
  readonly submit: string;
  /** Is given what the form contains, by the names of its fields. */
  readonly action: Action<[FormValues]>;
  readonly children: ReactNode;
  /** Below the form: links to other pages. */
  readonly footer?: ReactNode;
}

/** A page that is one form. What fails is said above the fields. */
export function FormCard({ title, submit, action, children, footer }: FormCardProps) {
  const { errorText } = useTexts();
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    void action.run(valuesOf(event.currentTarget));
  };
  return (
    <section className={styles.card}>
      <h1>{title}</h1>
      {action.error !== undefined && <Notice kind="error">{errorText(action.error)}</Notice>}
      <form className={styles.form} onSubmit={onSubmit}>
        {children}
        <Button kind="primary" type="submit" busy={action.isBusy}>
          {submit}
        </Button>
      </form>
      {footer !== undefined && <div className={styles.footer}>{footer}</div>}
    </section>
  );
}

import { type ReactNode, type SubmitEvent, useLayoutEffect, useRef, useState } from 'react';
import { useTexts } from '../texts/texts-provider.js';
import { Button } from './button.js';
import { type Faults, FaultsContext, faultsOf, typedFaults, without } from './faults.js';
import styles from './form.module.css';
import { Notice } from './notice.js';
import type { Action } from './use-action.js';

/** What a form contains. A check box that is not checked is not there. */
export type FormValues = Readonly<Record<string, string>>;

interface FormProps {
  readonly submit: string;
  readonly kind?: 'primary' | 'danger' | 'plain';
  /** Is given what the form contains, by the names of its fields. */
  readonly action: Action<[FormValues]>;
  /** What is said once it has succeeded. The fields are as in the beginning then. */
  readonly success?: ReactNode;
  readonly children?: ReactNode;
}

/** What was wrong with the last attempt, by field; and above the form what is about none of them. */
interface Failure {
  readonly faults: Faults;
  readonly other?: unknown;
}

/**
 * Fields and a button. What is wrong with a field is said beside it, and the first of these gets the
 * focus; all else that fails is said above the fields.
 */
export function Form({ submit, kind = 'primary', action, success, children }: FormProps) {
  const { errorText } = useTexts();
  const form = useRef<HTMLFormElement>(null);
  const [{ faults, other }, setFailure] = useState<Failure>({ faults: {} });
  const [failures, setFailures] = useState(0);
  const fail = (failure: Failure) => {
    setFailure(failure);
    setFailures((count) => count + 1);
  };
  const onSubmit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { currentTarget: target } = event;
    const typed = typedFaults([...(target.elements as Iterable<Partial<HTMLInputElement>>)]);
    if (Object.keys(typed).length > 0) {
      fail({ faults: typed });
      return;
    }
    setFailure({ faults: {} });
    if ((await action.run(valuesOf(target))) && success !== undefined) target.reset();
  };
  useLayoutEffect(() => {
    const { error } = action;
    if (error === undefined) return;
    const found = faultsOf(error, Object.keys(form.current ? valuesOf(form.current) : {}));
    fail(Object.keys(found).length > 0 ? { faults: found } : { faults: {}, other: error });
  }, [action.error]);
  useLayoutEffect(() => {
    if (failures > 0) focusFault(form.current);
  }, [failures]);
  return (
    <FaultsContext value={faults}>
      <form
        ref={form}
        className={styles.form}
        noValidate
        onSubmit={(event) => void onSubmit(event)}
        onInput={({ target }) => {
          const { name } = target as HTMLInputElement;
          setFailure((failure) => ({ ...failure, faults: without(name, failure.faults) }));
        }}
      >
        {other !== undefined && <Notice kind="error">{errorText(other)}</Notice>}
        {success !== undefined && action.isDone && <Notice kind="success">{success}</Notice>}
        {children}
        <Button kind={kind} type="submit" busy={action.isBusy}>
          {submit}
        </Button>
      </form>
    </FaultsContext>
  );
}

function valuesOf(form: HTMLFormElement): FormValues {
  const isText = (entry: [string, unknown]): entry is [string, string] =>
    typeof entry[1] === 'string';
  return Object.fromEntries([...new FormData(form)].filter(isText));
}

function focusFault(form: HTMLFormElement | null): void {
  const field = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  if (field) field.focus();
  else form?.scrollIntoView({ block: 'nearest' });
}

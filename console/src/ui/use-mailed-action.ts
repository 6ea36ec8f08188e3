import { useState } from 'react';
import type { FormValues } from './form.js';
import { type Action, useAction } from './use-action.js';

export interface MailedAction extends Action<[FormValues]> {
  /** Whether the server wants the code of the mail, too, since another browser has asked for it. */
  readonly needsCode: boolean;
}

/** What is done by a link of a mail, or by its code. */
export function useMailedAction(run: (values: FormValues) => Promise<unknown>): MailedAction {
  const [needsCode, setNeedsCode] = useState(false);
  const action = useAction(async (values: FormValues) => {
    try {
      await run(values);
    } catch (error) {
      const { code } = Object(error) as { readonly code?: unknown };
      if (code === 'code_invalid') setNeedsCode(true);
      throw error;
    }
  });
  return { ...action, needsCode };
}

import { useState } from 'react';

export interface Action<Arguments extends unknown[]> {
  /** Runs it, unless it runs already. Resolves with true where it has succeeded. Never rejects. */
  readonly run: (...args: Arguments) => Promise<boolean>;
  readonly isBusy: boolean;
  /** Whether the last run has succeeded. */
  readonly isDone: boolean;
  /** What the last run was rejected with. */
  readonly error: unknown;
}

interface State {
  readonly isBusy: boolean;
  readonly isDone: boolean;
  readonly error?: unknown;
}

/** What a button or a form does, with whether it runs and how it has ended. */
export function useAction<Arguments extends unknown[]>(
  action: (...args: Arguments) => Promise<unknown>,
): Action<Arguments> {
  const [state, setState] = useState<State>({ isBusy: false, isDone: false });
  const run = async (...args: Arguments) => {
    if (state.isBusy) return false;
    setState({ isBusy: true, isDone: false });
    try {
      await action(...args);
      setState({ isBusy: false, isDone: true });
      return true;
    } catch (error) {
      setState({ isBusy: false, isDone: false, error });
      return false;
    }
  };
  return { ...state, error: state.error, run };
}

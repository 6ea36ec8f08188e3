import { useState } from 'react';

export interface Action<Arguments extends unknown[]> {
  /** Runs it, unless it runs already. Resolves with true where it has succeeded. Never rejects. */
  readonly run: (...args: Arguments) => Promise<boolean>;
  readonly isBusy: boolean;
  /** What the last run was rejected with. */
  readonly error: unknown;
}

/** What a button or a form does, with whether it runs and how it has failed. */
export function useAction<Arguments extends unknown[]>(
  action: (...args: Arguments) => Promise<unknown>,
): Action<Arguments> {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async (...args: Arguments) => {
    if (isBusy) return false;
    setBusy(true);
    setError(undefined);
    try {
      await action(...args);
      return true;
    } catch (failure) {
      setError(failure);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { run, isBusy, error };
}

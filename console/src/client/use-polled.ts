import { useCallback, useEffect, useRef, useState } from 'react';
import { pollDelayMs } from './poll-delay.js';

export interface Polled<Value> {
  /** What the server said last; undefined before it said anything. */
  readonly value: Value | undefined;
  /** Why the last attempt has failed; undefined if it has not. */
  readonly error: unknown;
  /** Asks at once. Resolves when it is known, and never rejects. */
  readonly reload: () => Promise<void>;
}

/**
 * Asks the server again and again while the page is visible and the device is online, and at once
 * when it becomes so. What has not changed is the same object, so nothing is rendered again.
 *
 * @param load must be the same function until something else is asked for
 */
export function usePolled<Value>(load: (signal: AbortSignal) => Promise<Value>): Polled<Value> {
  const [known, setKnown] = useState<{ value?: Value; error?: unknown }>({});
  const poll = useRef<() => Promise<void>>(() => Promise.resolve());
  useEffect(() => {
    const polling = startPolling(load, (outcome) => {
      setKnown((before) => merged(before, outcome));
    });
    poll.current = polling.now;
    return polling.stop;
  }, [load]);
  const reload = useCallback(() => poll.current(), []);
  return { value: known.value, error: known.error, reload };
}

type Outcome<Value> = { readonly value: Value } | { readonly error: unknown };

function startPolling<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  onOutcome: (outcome: Outcome<Value>) => void,
): { now: () => Promise<void>; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = new AbortController();
  let failures = 0;
  const now = async () => {
    clearTimeout(timer);
    running.abort();
    const { signal } = (running = new AbortController());
    try {
      const value = await load(signal);
      if (signal.aborted) return;
      failures = 0;
      onOutcome({ value });
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      onOutcome({ error });
    }
    timer = setTimeout(nowIfWanted, pollDelayMs(failures));
  };
  const nowIfWanted = () => {
    if (document.visibilityState === 'visible' && navigator.onLine) void now();
  };
  const wakeUps = [
    [document, 'visibilitychange'],
    [window, 'focus'],
    [window, 'online'],
  ] as const;
  for (const [target, event] of wakeUps) target.addEventListener(event, nowIfWanted);
  void now();
  return {
    now,
    stop: () => {
      clearTimeout(timer);
      running.abort();
      for (const [target, event] of wakeUps) target.removeEventListener(event, nowIfWanted);
    },
  };
}

function merged<Value>(
  before: { value?: Value; error?: unknown },
  outcome: Outcome<Value>,
): { value?: Value; error?: unknown } {
  if ('error' in outcome) return { ...before, error: outcome.error };
  const isSame = JSON.stringify(outcome.value) === JSON.stringify(before.value);
  if (!isSame) return { value: outcome.value };
  return before.error === undefined ? before : { value: outcome.value };
}

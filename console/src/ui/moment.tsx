import { useSyncExternalStore } from 'react';
import { useTexts } from '../texts/texts-provider.js';
import { relativeTime } from './relative-time.js';

interface MomentProps {
  /** ISO 8601. */
  readonly at: string;
}

const TICK_MS = 10_000;

/** How long ago an instant was, kept true; its title says exactly when. */
export function Moment({ at }: MomentProps) {
  const { language } = useTexts();
  const nowMs = useSyncExternalStore(subscribeToTicks, currentTick);
  const instant = new Date(at);
  return (
    <time dateTime={at} title={exactTime(instant, language)}>
      {relativeTime(instant.getTime(), nowMs, language)}
    </time>
  );
}

/** Date and time of an instant, in full. */
function exactTime(instant: Date, language: string): string {
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'medium' });
  return format.format(instant);
}

/** One timer for all of them, and none while there are none. */
const listeners = new Set<() => void>();
let tickMs = new Date().getTime();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribeToTicks(listener: () => void): () => void {
  tickMs = new Date().getTime();
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  tickMs = new Date().getTime();
  for (const listener of listeners) listener();
}

function currentTick(): number {
  return tickMs;
}

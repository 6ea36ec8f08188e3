/** What happens to a page, or an app, that matters to its session. */
export type Change = 'active' | 'online' | 'offline';

const EVENTS = ['visibilitychange', 'pageshow', 'focus', 'resume', 'online', 'offline'];

/** Tells of every change of the page, until the signal. There is none in Node or React Native. */
export function watchPage(onChange: (change: Change) => void, signal: AbortSignal): void {
  const listener = ({ type }: Event) =>
    onChange(type.includes('line') ? (type as Change) : 'active');
  for (const type of EVENTS) {
    // The window sees what happens to its document when it captures; but the focus of every field
    // is no business of ours.
    globalThis.addEventListener?.(type, listener, { capture: type !== 'focus', signal });
  }
}

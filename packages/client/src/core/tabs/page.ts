/** What happens to a page, or an app, that matters to its session. */
export type Change = 'active' | 'online' | 'offline';

const EVENTS = ['visibilitychange', 'pageshow', 'focus', 'resume', 'online', 'offline'];

/**
 * Reports every change of the page, until what it returns is called. Workers, Node and React Native
 * have no page, though some of them have `addEventListener`.
 */
export function watchPage(onChange: (change: Change) => void): () => void {
  const listener = ({ type }: Event) =>
    onChange(type.includes('line') ? (type as Change) : 'active');
  const forEachEvent = (method: 'addEventListener' | 'removeEventListener') => {
    if (!globalThis.document) return;
    for (const type of EVENTS) {
      // The window sees what happens to its document when it captures; the focus of every field
      // does not matter.
      globalThis[method]?.(type, listener, type !== 'focus');
    }
  };
  forEachEvent('addEventListener');
  return () => forEachEvent('removeEventListener');
}

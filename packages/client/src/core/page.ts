/** What happens to a page, or an app, that matters to its session. */
export type Change = 'active' | 'hidden' | 'online' | 'offline';

const CHANGES: Readonly<Record<string, Change>> = {
  visibilitychange: 'active',
  pageshow: 'active',
  focus: 'active',
  resume: 'active',
  pagehide: 'hidden',
  freeze: 'hidden',
  online: 'online',
  offline: 'offline',
};

/** Tells of every change of the page, until the clean-up that it returns is called. There is none in Node or React Native. */
export function watchPage(onChange: (change: Change) => void): () => void {
  const targets = [globalThis.window, globalThis.document].filter((target) => target?.addEventListener);
  const listener = ({ type }: Event) => onChange(CHANGES[type] as Change);
  const each = (method: 'addEventListener' | 'removeEventListener') => {
    for (const target of targets) for (const type in CHANGES) target[method](type, listener);
  };
  each('addEventListener');
  return () => each('removeEventListener');
}

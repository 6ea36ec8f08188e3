import { useSyncExternalStore } from 'react';

interface Taken {
  readonly path: string;
  readonly token: string;
}

let taken: Taken | undefined;

/**
 * Moves the token of a mailed link, `#token=…`, from the address bar into memory: what is in the
 * address bar is seen, copied and kept in the history. Call it before the page is rendered.
 */
export function takeLinkToken(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (!token) return;
  taken = { path: location.pathname, token };
  history.replaceState(history.state, '', location.pathname + location.search);
}

/** The token of the link by which this page was opened. It is kept until the page is left for good. */
export function useLinkToken(): string | undefined {
  const current = useSyncExternalStore(subscribe, () => taken);
  return current?.path === location.pathname ? current.token : undefined;
}

/** A tab that shows the page already gets only another fragment. */
function subscribe(listener: () => void): () => void {
  const onChange = () => {
    takeLinkToken();
    listener();
  };
  addEventListener('hashchange', onChange);
  return () => removeEventListener('hashchange', onChange);
}

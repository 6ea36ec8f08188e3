import { type FocusEvent, type RefObject, useLayoutEffect, useRef } from 'react';

interface KeptFocus<Fallback extends HTMLElement> {
  /** For the element that contains what may disappear. */
  readonly area: {
    readonly onFocus: () => void;
    readonly onBlur: (event: FocusEvent<HTMLElement>) => void;
  };
  /** For the element that gets the focus then. It needs a `tabIndex`. */
  readonly fallback: RefObject<Fallback | null>;
}

/**
 * Keeps the focus in an area: where the element that had it has disappeared, another one gets it, so
 * that users of a keyboard do not begin at the top of the page again.
 *
 * @param content what is shown; the focus is looked after when it changes
 */
export function useKeptFocus<Fallback extends HTMLElement>(content: unknown): KeptFocus<Fallback> {
  const fallback = useRef<Fallback>(null);
  const hasFocus = useRef(false);
  useLayoutEffect(() => {
    if (hasFocus.current && document.activeElement === document.body) fallback.current?.focus();
  }, [content]);
  const area = {
    onFocus: () => {
      hasFocus.current = true;
    },
    onBlur: ({ relatedTarget, target }: FocusEvent<HTMLElement>) => {
      // No blur of the user's: the element is disappearing.
      if (relatedTarget === null && !target.isConnected) return;
      hasFocus.current = relatedTarget !== null;
    },
  };
  return { area, fallback };
}

import { useCallback, useEffect, useState } from 'preact/hooks';
import { decodeFragment, encodeFragment, type View } from '../link/fragment.js';
import { RULES } from '../rules/index.js';
import { TOUR } from '../tour/tour.js';
import { SCENARIOS } from './scenarios.js';

const FIRST: View = { scenario: 'lost-answer', rule: 'evergreen' };
const KNOWN = {
  scenarios: SCENARIOS.map(({ id }) => id),
  rules: RULES.map(({ id }) => id),
  tourSteps: TOUR.length,
};

/** Shows another view. `isNewPage` makes the former one the target of the browser's back button. */
export type Show = (view: View, isNewPage?: boolean) => void;

/** The view that the fragment of the URL asks for, and how to show another one. */
export function useView(): {
  readonly view: View;
  readonly problems: readonly string[];
  readonly show: Show;
} {
  const [read, setRead] = useState(readLocation);
  useEffect(() => {
    const readAgain = () => setRead(readLocation());
    addEventListener('hashchange', readAgain);
    return () => removeEventListener('hashchange', readAgain);
  }, []);
  const show = useCallback<Show>((view, isNewPage = false) => {
    const url = `#${encodeFragment(view)}`;
    if (isNewPage) history.pushState(null, '', url);
    else history.replaceState(null, '', url);
    setRead({ view, problems: [] });
  }, []);
  return { ...read, show };
}

function readLocation() {
  return decodeFragment(location.hash, FIRST, KNOWN);
}

import { useLayoutEffect, useState } from 'react';
import { preferences } from '../preferences.js';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The theme, as the user has chosen it on this device, and how to choose another one. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(chosenTheme);
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
    preferences.set('theme', theme);
  }, [theme]);
  return [theme, setTheme];
}

function chosenTheme(): Theme {
  const chosen = preferences.get('theme');
  return THEMES.find((theme) => theme === chosen) ?? 'system';
}

import { useLayoutEffect, useState } from 'preact/hooks';

const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

/** The console keeps its theme under the same name, so one choice counts for both. */
const KEY = 'evergreen.theme';
const NAMES: Readonly<Record<Theme, string>> = { system: 'System', light: 'Light', dark: 'Dark' };

/** Lets people choose light or dark. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(readTheme);
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
    writeTheme(theme);
  }, [theme]);
  return (
    <fieldset class="theme">
      <legend class="hidden">Theme</legend>
      {THEMES.map((each) => (
        <label key={each}>
          <input
            class="hidden"
            type="radio"
            name="theme"
            checked={each === theme}
            onChange={() => setTheme(each)}
          />
          <span>{NAMES[each]}</span>
        </label>
      ))}
    </fieldset>
  );
}

function readTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === kept) ?? 'system';
  } catch {
    return 'system';
  }
}

function writeTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser may forbid storage: the choice lasts as long as the page.
  }
}

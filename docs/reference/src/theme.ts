/** The console keeps the choice under this name, so it is the same in both. */
const KEY = 'evergreen.theme';

type Theme = 'light' | 'dark';

const system = matchMedia('(prefers-color-scheme: dark)');

/** Applies the theme of the console, and lets a button change it. */
export function followTheme(button: HTMLElement): void {
  const apply = () => {
    const theme = currentTheme();
    document.documentElement.dataset.theme = theme;
    // Swagger UI's own name.
    document.documentElement.classList.toggle('dark-mode', theme === 'dark');
    button.setAttribute('aria-pressed', String(theme === 'dark'));
  };
  apply();
  system.addEventListener('change', apply);
  addEventListener('storage', apply);
  button.addEventListener('click', () => {
    choose(currentTheme() === 'dark' ? 'light' : 'dark');
    apply();
  });
}

function currentTheme(): Theme {
  const chosen = kept();
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return systemTheme();
}

function systemTheme(): Theme {
  return system.matches ? 'dark' : 'light';
}

/** A browser may forbid storage: then there is the theme of the system. */
function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function choose(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme === systemTheme() ? 'system' : theme);
  } catch {
    // As above.
  }
}

/** What the pages have to know of their server; see `settingsOf` in src/app.pages.ts. */
interface Settings {
  readonly environment: 'development' | 'staging' | 'production';
  /** Whether there is the laboratory of rotation at `lab/`. */
  readonly laboratory: boolean;
  /** Whether mails are shown at `mailbox` instead of being sent. */
  readonly mailbox: boolean;
  /** An access token is renewed by `X-New-Token` when it lives no longer than this. */
  readonly renewBelowSeconds: number;
  /** How long a refresh token that was followed by another one may still be presented. */
  readonly graceSeconds: number;
  /** The names of the login providers by which users can sign in. */
  readonly loginProviders: readonly string[];
}

/** Those of development, which `vite` shows without our server. */
const DEFAULTS: Settings = {
  environment: 'development',
  laboratory: true,
  mailbox: true,
  renewBelowSeconds: 7200,
  graceSeconds: 10,
  loginProviders: [],
};

export const SETTINGS: Settings = { ...DEFAULTS, ...given() };

function given(): Partial<Settings> {
  const content = document.querySelector<HTMLMetaElement>('meta[name=settings]')?.content;
  return content ? (JSON.parse(content) as Partial<Settings>) : {};
}

import { messageFor, type Messages, type Wait } from '@evergreen-auth/client/messages';
import { createContext, type ReactNode, use, useLayoutEffect, useMemo, useState } from 'react';
import { preferences } from '../preferences.js';
import { de } from './de.js';
import { errorsDe, waitDe } from './errors.de.js';
import { en, type TextKey, type Texts } from './en.js';

export const LANGUAGES = [
  ['en', 'English'],
  ['de', 'Deutsch'],
] as const;
export type Language = (typeof LANGUAGES)[number][0];

const TEXTS: Readonly<Record<Language, Texts>> = { en, de };
/** What `messageFor` needs for a language besides the error. */
const ERRORS: Readonly<Record<Language, [Messages?, Wait?]>> = { en: [], de: [errorsDe, waitDe] };

interface TextSource {
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
  /** The text of a key, with the values in place of `{name}`. */
  readonly t: (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;
  /** The sentence for what was thrown, or for the reason why a session has ended. */
  readonly errorText: (error: unknown) => string;
}

const TextsContext = createContext<TextSource | undefined>(undefined);

export function TextsProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(preferredLanguage);
  useLayoutEffect(() => {
    document.documentElement.lang = language;
    preferences.set('language', language);
  }, [language]);
  const source = useMemo<TextSource>(
    () => ({
      language,
      setLanguage,
      t: (key, values = {}) => withValues(TEXTS[language][key], values),
      errorText: (error) => messageFor(error, ...ERRORS[language]),
    }),
    [language],
  );
  return <TextsContext value={source}>{children}</TextsContext>;
}

export function useTexts(): TextSource {
  const source = use(TextsContext);
  if (!source) throw new Error('There is no TextsProvider above this component.');
  return source;
}

function preferredLanguage(): Language {
  const [language] = [preferences.get('language'), ...navigator.languages]
    .map((tag) => tag?.slice(0, 2))
    .filter((tag): tag is Language => tag === 'en' || tag === 'de');
  return language ?? 'en';
}

function withValues(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

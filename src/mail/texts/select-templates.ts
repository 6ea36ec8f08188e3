import { ConfigurationError } from '../../platform/config/index.js';
import { ENGLISH } from './english.js';
import { GERMAN } from './german.js';
import type { MailTemplates, MailTexts } from './mail-text.js';

const OURS: Readonly<Record<string, MailTemplates>> = { en: ENGLISH, de: GERMAN };

/**
 * The templates of a language: a team's own ones first, then ours, and English for kinds that neither
 * has.
 *
 * @throws ConfigurationError if there are none for this language
 */
export function selectTemplates(locale: string, texts: MailTexts): MailTemplates {
  const [own, ours] = [memberOf(texts, locale), memberOf(OURS, locale)];
  if (!own && !ours)
    throw new ConfigurationError([
      `MAIL_LOCALE must be one of ${[...new Set([...Object.keys(OURS), ...Object.keys(texts)])].join(', ')}`,
    ]);
  return { ...ENGLISH, ...ours, ...own };
}

function memberOf<Value>(values: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

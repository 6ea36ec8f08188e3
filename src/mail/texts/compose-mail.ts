import { escapeHtml } from './html.js';
import type { MailText } from './mail-text.js';

/** A paragraph, a button, a code to type, or a list of facts with their names. */
export type MailPart =
  | string
  | { readonly link: string; readonly label: string }
  | { readonly code: string }
  | { readonly facts: readonly (readonly [name: string, value: string | null])[] };

export interface MailParts {
  /** Of the text, such as `en`; programs that read aloud need it. */
  readonly language: string;
  readonly subject: string;
  readonly parts: readonly MailPart[];
}

/**
 * Makes the text and the HTML of a mail from the same parts. The HTML loads nothing from elsewhere,
 * and has no script.
 */
export function composeMail({ language, subject, parts }: MailParts): MailText {
  const body = parts.map(toHtml).join('\n');
  return {
    subject,
    text: `${parts.map(toText).join('\n\n')}\n`,
    html: `<!doctype html>
<html lang="${escapeHtml(language)}"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="font-family: sans-serif; font-size: 16px; line-height: 1.5; color: #1f2933; max-width: 36em; margin: 0 auto; padding: 1em;">
${body}
</body></html>
`,
  };
}

function toText(part: MailPart): string {
  if (typeof part === 'string') return part;
  if ('link' in part) return `${part.label}:\n${part.link}`;
  if ('code' in part) return `    ${part.code}`;
  return known(part.facts)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

const BUTTON =
  'display: inline-block; padding: .6em 1.2em; background: #1f5f3f; color: #ffffff; text-decoration: none; border-radius: 4px;';
const CODE = 'font-family: monospace; font-size: 24px; letter-spacing: .15em;';
const SMALL = 'font-size: 13px; color: #52606d; overflow-wrap: anywhere;';

function toHtml(part: MailPart): string {
  if (typeof part === 'string') return `<p>${escapeHtml(part)}</p>`;
  if ('link' in part) return toButton(part);
  if ('code' in part) return `<p style="${CODE}">${escapeHtml(part.code)}</p>`;
  const rows = known(part.facts).map(
    ([name, value]) => `<tr><td>${escapeHtml(name)}:&nbsp;</td><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<table>${rows.join('')}</table>`;
}

/** The address of the link is shown, too: some programs do not open it. */
function toButton({ link, label }: { readonly link: string; readonly label: string }): string {
  const href = escapeHtml(link);
  return `<p><a href="${href}" style="${BUTTON}">${escapeHtml(label)}</a></p>
<p style="${SMALL}">${href}</p>`;
}

function known(facts: readonly (readonly [string, string | null])[]) {
  return facts.filter((fact): fact is readonly [string, string] => fact[1] !== null);
}

import { isIP } from 'node:net';
import ms from 'ms';
import { z } from 'zod';
import type { PublicUrl } from './config.js';
import { secretWeakness, signingSecretWeakness } from './secret-strength.js';

/** In seconds. */
const TEN_YEARS = 3653 * 86_400;

const numeric = z.string().regex(/^\d+(\.\d+)?(e-?\d+)?$/, 'must be a number, such as 30 or 0.5');

/** A number from 0, possibly with decimals. */
export function decimal({ max }: { max: number }) {
  return numeric.transform(Number).pipe(z.number().max(max, `must be at most ${max}`));
}

/** A whole number. */
export function integer({ min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number }) {
  return z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
}

/**
 * A duration above zero and at most ten years, in units of `unitSeconds`; parsed to seconds.
 */
export function lifetime(unitSeconds: number) {
  return numeric
    .transform((units) => Math.round(Number(units) * unitSeconds * 1000) / 1000)
    .pipe(z.number().positive('must be more than 0').max(TEN_YEARS, 'must be at most ten years'));
}

/** A duration such as `24h` or `1.5 days`, parsed to seconds. */
export const duration = z.string().transform((text, context) => {
  const milliseconds = /^\d+(\.\d+)? ?[a-z]+$/i.test(text) ? ms(text as ms.StringValue) : undefined;
  if (milliseconds && milliseconds >= 1) return Math.round(milliseconds) / 1000;
  context.addIssue({ code: 'custom', message: 'must be a duration, such as 24h or 30m' });
  return z.NEVER;
});

/** `true` or `false`. */
export const flag = z
  .enum(['true', 'false'], 'must be true or false')
  .transform((text) => text === 'true');

/** A strong secret, see `secretWeakness`. Messages never contain it. */
export const strongSecret = secretWithout(secretWeakness);

/** A secret that is strong enough for a key of HS256. */
export const signingSecret = secretWithout(signingSecretWeakness);

function secretWithout(weaknessOf: (secret: string) => string | undefined) {
  return z.string('is missing').superRefine((secret, context) => {
    const weakness = weaknessOf(secret);
    if (weakness) context.addIssue({ code: 'custom', message: weakness });
  });
}

/** A name in a list of tokens. */
const TOKEN_NAME = /^[a-z0-9-]{1,40}$/;

/** What a header `Authorization` can contain after `Bearer` (RFC 6750, section 2.1). */
const TOKEN = /^[\w.~+/-]+=*$/;

/**
 * Tokens with names, such as `orders:secret,billing:secret`, parsed to an object of secrets by name.
 * Messages contain the name of the entry at fault, or its number, and never a secret.
 */
export function namedTokens({ mustBeStrong }: { readonly mustBeStrong: boolean }) {
  return z.string().transform((text, context): Readonly<Record<string, string>> => {
    const entries = text
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean)
      .map((entry) => splitAtColon(entry));
    const faults = entries.flatMap((entry, index) => {
      const fault = faultOfToken(entry, entries.slice(0, index), mustBeStrong);
      return fault === undefined ? [] : [fault(index + 1)];
    });
    for (const message of faults) context.addIssue({ code: 'custom', message });
    return faults.length > 0 ? z.NEVER : Object.fromEntries(entries);
  });
}

/** How a message names an entry of `namedTokens`. */
export const entryOf = (name: string): string => `entry "${name}"`;

type NamedToken = readonly [name: string, secret: string];

function splitAtColon(entry: string): NamedToken {
  const colonAt = entry.indexOf(':');
  return colonAt < 0 ? ['', entry] : [entry.slice(0, colonAt), entry.slice(colonAt + 1)];
}

/** A text that is no name may be a part of a secret. */
function faultOfToken(
  [name, secret]: NamedToken,
  before: readonly NamedToken[],
  mustBeStrong: boolean,
): ((number: number) => string) | undefined {
  if (!TOKEN_NAME.test(name))
    return (number) =>
      `entry ${number} must be name:secret, with a name of 1 to 40 lower-case letters, digits and hyphens`;
  const weakness = mustBeStrong ? secretWeakness(secret) : undefined;
  const twin = before.find(([, other]) => other === secret)?.[0];
  const fault =
    (!TOKEN.test(secret) && 'must have a secret of letters, digits and -._~+/=') ||
    weakness ||
    (before.some(([other]) => other === name) && 'occurs twice') ||
    (twin !== undefined && `has the same secret as ${entryOf(twin)}`);
  return fault ? () => `${entryOf(name)} ${fault}` : undefined;
}

/** A URL with one of these protocols. Messages never contain it, since it may have a password. */
export function url(...protocols: string[]) {
  return z
    .string('is missing')
    .refine((text) => protocols.some((protocol) => text.startsWith(`${protocol}//`)), {
      message: `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    });
}

/** A PostgreSQL URL with one or several servers. */
export const postgresUrl = url('postgres:', 'postgresql:');

/**
 * A mail server: `smtp://user:password@mail.example.com:587`. Messages never contain it, since it may
 * have a password.
 */
export const mailUrl = z.string().refine(isMailUrl, {
  message:
    'must be a URL such as smtps://user:password@mail.example.com, with the parameters tls=optional and ca=/path at most; characters such as @ in a password are written as %40',
});

function isMailUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, hash, username, password, searchParams } = new URL(text);
  const hasOnlyKnownParameters = [...searchParams].every(
    ([name, value]) => (name === 'tls' && value === 'optional') || (name === 'ca' && value !== ''),
  );
  const isEscaped = [username, password].every((part) => isDecodable(part));
  return (
    /^smtps?:$/.test(protocol) &&
    hostname !== '' &&
    /^\/?$/.test(pathname) &&
    hash === '' &&
    isEscaped &&
    hasOnlyKnownParameters
  );
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** An address, or `Name <address>`: one line, and one address. */
export const mailSender = z
  .string()
  .regex(
    /^([^\p{C}<>,;"@]*<[^\s\p{C}<>(),;:"@]+@[a-z0-9.-]+>|[^\s\p{C}<>(),;:"@]+@[a-z0-9.-]+)$/iu,
    'must be an address, or a name and an address such as Example <no-reply@example.com>',
  );

/** A page that a link of a mail leads to. The token is added in the fragment. */
export const pageUrl = z.string().refine(
  (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return (
      url !== undefined &&
      /^https?:$/.test(url.protocol) &&
      !url.username &&
      !url.password &&
      !text.includes('#')
    );
  },
  { message: 'must be a URL such as https://app.example.com/reset-password, without a fragment' },
);

/** The issuer of a login provider; `http` of this machine alone, in development. */
export function issuerUrl(allowsLoopback: boolean) {
  return z.string().refine(
    (text) => {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      if (!url || url.username || url.password || /[?#]/.test(text)) return false;
      const isLoopback = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
      return url.protocol === 'https:' || (allowsLoopback && isLoopback);
    },
    { message: 'must be an https URL such as https://login.example.com' },
  );
}

/** Items separated by commas; blanks around them and empty items are ignored. */
export function list<Item>(item: z.ZodType<Item, string>) {
  return z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .transform((parts) => parts.filter(Boolean))
    .pipe(z.array(item));
}

/** An address or a host name, without a port. */
export const host = z.string().refine((text) => isIP(text) > 0 || /^[a-z0-9.-]+$/i.test(text), {
  message: 'must be an address or a name, such as 0.0.0.0, :: or localhost',
});

/** An HTTP origin with an optional path, which must be valid in a cookie (RFC 6265). */
export const publicUrl = z.string().transform((text, context): PublicUrl => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url && /^https?:$/.test(url.protocol) && !url.username && !url.password;
  if (isPlain && /^https?:\/\/[^?#;]+$/i.test(text)) {
    const path = url.pathname.replace(/\/+$/, '');
    return { href: url.origin + path, origin: url.origin, path };
  }
  context.addIssue({
    code: 'custom',
    message:
      'must list URLs such as https://auth.example.com, without user, query, fragment or semicolon',
  });
  return z.NEVER;
});

/** An origin as browsers send it in `Origin`. */
export const origin = z.string().superRefine((text, context) => {
  if (!text.includes('*') && isOrigin(text)) return;
  context.addIssue({
    code: 'custom',
    message: `must list origins such as https://app.example.com, not "${text}"`,
  });
});

/**
 * Also accepts origins of hybrid apps, such as `capacitor://localhost`, for which Node's `URL` has
 * no origin.
 */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, host } = new URL(text);
  return host !== '' && text === `${protocol}//${host}`;
}

/** An address, or a network such as `10.0.0.0/8`. */
export const network = z.string().superRefine((text, context) => {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const isPrefix =
    prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= bits);
  if (bits > 0 && isPrefix && rest.length === 0) return;
  context.addIssue({
    code: 'custom',
    message: `must list the addresses or networks of your proxies, such as 127.0.0.1,10.0.0.0/8, not "${text}"`,
  });
});

import { isIPv4 } from 'node:net';
import { domainToASCII } from 'node:url';
import { ValidateBy } from 'class-validator';

/** The longest address (RFC 5321, section 4.5.3.1.3, without the angle brackets). */
const MAX_CHARACTERS = 254;

/** The local part that `<input type=email>` accepts: HTML, section 4.10.5.1.5. */
const LOCAL_PART = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+$/i;
const DOMAIN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/**
 * Letters, digits and marks of any script, or the characters of an ASCII domain. No percent sign
 * and no colon, which a host parser would interpret; no invisible characters.
 */
const WRITTEN_DOMAIN = /^(?:[a-zA-Z0-9.-]|[^\p{ASCII}\p{C}\p{Z}])+$/u;

/**
 * The only form in which an email address is stored, compared and counted: an address that
 * `<input type=email>` accepts, in lower case, with its domain in ASCII form (UTS 46). It is all
 * ASCII, so databases compare it the same way in every locale.
 *
 * Undefined if the text is not such an address. The length is checked before anything else.
 *
 * ```ts
 * canonicalAddress('Ada@Bücher.example'); // 'ada@xn--bcher-kva.example'
 * canonicalAddress('víctim@example.com'); // undefined
 * ```
 */
export function canonicalAddress(text: string): string | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const [local = '', written = '', ...rest] = text.split('@');
  if (rest.length > 0 || !LOCAL_PART.test(local)) return undefined;
  const domain = DOMAIN.test(written) ? written : asciiForm(written);
  if (domain === undefined) return undefined;
  const address = `${local}@${domain}`.toLowerCase();
  return address.length <= MAX_CHARACTERS ? address : undefined;
}

/** Validates that a value is a string with a canonical address. */
export function IsEmailAddress(): PropertyDecorator {
  return ValidateBy({
    name: 'isEmailAddress',
    validator: {
      validate: (value) => typeof value === 'string' && canonicalAddress(value) !== undefined,
      defaultMessage: () => '$property must be an email address',
    },
  });
}

/** Rejects domains that Node reads as an IPv4 address in another notation. */
function asciiForm(domain: string): string | undefined {
  if (!WRITTEN_DOMAIN.test(domain)) return undefined;
  // Older versions of Node and Unicode map the capital to "ss", newer ones to ß.
  const ascii = domainToASCII(domain.replaceAll('ẞ', 'ß'));
  return DOMAIN.test(ascii) && !isIPv4(ascii) ? ascii : undefined;
}

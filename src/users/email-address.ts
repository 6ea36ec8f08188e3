import { isIPv4 } from 'node:net';
import { domainToASCII } from 'node:url';
import { ValidateBy } from 'class-validator';

/** No address is longer (RFC 5321, section 4.5.3.1.3, less the angle brackets). */
const MAX_CHARACTERS = 254;

/** What `<input type=email>` takes: HTML, section 4.10.5.1.5, without what is of the domain. */
const LOCAL_PART = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+$/i;
const DOMAIN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/**
 * Letters, digits and marks of any script, or what a domain in ASCII form consists of. No percent
 * sign and no colon, which a parser of hosts would act on; nothing that cannot be seen.
 */
const WRITTEN_DOMAIN = /^(?:[a-zA-Z0-9.-]|[^\p{ASCII}\p{C}\p{Z}])+$/u;

/**
 * The one form in which an email address is stored, compared and counted: what
 * `<input type=email>` takes, in lower case, its domain in ASCII form (UTS 46). It is all ASCII, so
 * a database compares it alike in every locale.
 *
 * Undefined where a text is no such address. Nothing is worked out of a text that is too long to be
 * one.
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

/** A string that has a canonical address. */
export function IsEmailAddress(): PropertyDecorator {
  return ValidateBy({
    name: 'isEmailAddress',
    validator: {
      validate: (value) => typeof value === 'string' && canonicalAddress(value) !== undefined,
      defaultMessage: () => '$property must be an email address',
    },
  });
}

/** Node takes other ways to write an address of IPv4 for one, too; ours has none of them. */
function asciiForm(domain: string): string | undefined {
  if (!WRITTEN_DOMAIN.test(domain)) return undefined;
  // The capital is "ss" to older versions of Node and of Unicode, and ß to newer ones.
  const ascii = domainToASCII(domain.replaceAll('ẞ', 'ß'));
  return DOMAIN.test(ascii) && !isIPv4(ascii) ? ascii : undefined;
}

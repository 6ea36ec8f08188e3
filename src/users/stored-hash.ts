/**
 * bcrypt's text: a prefix, the cost, and 53 characters of salt and digest. `$2b$` is ours; PHP and
 * Spring write `$2y$`, older systems `$2a$`: names of one algorithm. `$2x$` comes from a faulty
 * version, whose hashes other passwords match as well.
 */
const BCRYPT = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;

/**
 * Argon2's text in the PHC string format. A missing version is 16 (0x10). No `keyid` and no `data`:
 * such hashes need a secret that we do not have.
 */
const ARGON2 =
  /^\$argon2id?(?:\$v=(?:16|19))?\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,8})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/** The highest cost of bcrypt that is imported: above, one login would take seconds. */
const MAX_IMPORTED_BCRYPT_COST = 15;

/**
 * The most memory that one hash of Argon2 may need, and the most that all of them use at the same
 * time in one process: 256 MiB. It includes "moderate" of libsodium. Whoever can put a hash into the
 * database must not be able to exhaust the memory of a server by signing in.
 */
export const MAX_ARGON2_MEMORY_KIB = 256 * 1024;

/** The most memory that all passes of one hash may write, in KiB: 1 GiB, about a second. */
const MAX_ARGON2_WORK_KIB = 1024 * 1024;

const MAX_ARGON2_LANES = 16;

/** What the text of a stored password hash says about it. */
export type StoredHash =
  | { readonly kind: 'bcrypt'; readonly cost: number }
  | { readonly kind: 'argon2'; readonly memoryKib: number; readonly isTooCostly: boolean }
  | { readonly kind: 'unsupported' };

/** Reads the kind and the parameters of a stored password hash. It computes nothing. */
export function readStoredHash(hash: string): StoredHash {
  const [, cost] = BCRYPT.exec(hash) ?? [];
  if (cost !== undefined) return { kind: 'bcrypt', cost: Number(cost) };
  const [argon2, ...parameters] = ARGON2.exec(hash) ?? [];
  if (argon2 === undefined) return { kind: 'unsupported' };
  const [memoryKib = 0, passes = 0, lanes = 0] = parameters.slice(0, 3).map(Number);
  if (!parameters.slice(3).every(isCanonicalBase64)) return { kind: 'unsupported' };
  // RFC 9106, section 3.1: a hash cannot have been made with less.
  if (passes < 1 || lanes < 1 || memoryKib < 8 * lanes) return { kind: 'unsupported' };
  const isTooCostly =
    memoryKib > MAX_ARGON2_MEMORY_KIB ||
    memoryKib * passes > MAX_ARGON2_WORK_KIB ||
    lanes > MAX_ARGON2_LANES;
  return { kind: 'argon2', memoryKib, isTooCostly };
}

/** Decoders refuse a text whose last character has bits that belong to no byte. */
function isCanonicalBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64').replaceAll('=', '') === text;
}

export type HashVerdict = 'usable' | 'unsupported' | 'too_costly';

/** Whether a password hash of another system can be verified here, for its import. */
export function judgeHash(hash: string): HashVerdict {
  const stored = readStoredHash(hash);
  switch (stored.kind) {
    case 'unsupported':
      return 'unsupported';
    case 'bcrypt':
      return stored.cost > MAX_IMPORTED_BCRYPT_COST ? 'too_costly' : 'usable';
    case 'argon2':
      return stored.isTooCostly ? 'too_costly' : 'usable';
  }
}

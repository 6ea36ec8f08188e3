import { Problem } from '../platform/errors/index.js';

const MAX_ROLES = 50;
const ROLE = /^[A-Za-z0-9_.:-]{1,64}$/;

/** As JSON. */
const MAX_METADATA_BYTES = 4096;

/** True for the name of a role: at most 64 of letters, digits, and `_ - : .`. */
export function isRole(name: unknown): name is string {
  return typeof name === 'string' && ROLE.test(name);
}

/**
 * The roles in the order of their names, each once.
 *
 * @throws Problem `validation_failed` for more than 50, or for a name that no role may have
 */
export function checkedRoles(roles: readonly string[]): string[] {
  const distinct = [...new Set(roles)].sort();
  if (!distinct.every(isRole))
    throw invalid('roles', 'a role has at most 64 letters, digits, and _ - : .');
  if (distinct.length > MAX_ROLES) throw invalid('roles', `a user has at most ${MAX_ROLES} roles`);
  return distinct;
}

/**
 * The metadata as it will be stored.
 *
 * @throws Problem `validation_failed` if it is not an object, has more than 4 kB as JSON, or has text
 * that PostgreSQL cannot store
 */
export function checkedMetadata(metadata: object): object {
  const text = textOf(metadata);
  const stored: unknown = text === undefined ? null : JSON.parse(text);
  if (text === undefined || typeof stored !== 'object' || stored === null || Array.isArray(stored))
    throw invalid('metadata', 'metadata must be an object');
  if (Buffer.byteLength(text) > MAX_METADATA_BYTES)
    throw invalid('metadata', `metadata must have at most ${MAX_METADATA_BYTES} bytes as JSON`);
  // As JSON escapes them.
  if (/\\u(0000|d[89a-f])/i.test(text))
    throw invalid('metadata', 'metadata must not contain NUL characters or broken Unicode');
  return stored;
}

/** Undefined for what is no JSON, such as a circle. */
function textOf(value: object): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function invalid(field: string, message: string): Problem {
  return new Problem('validation_failed', { fieldErrors: [{ field, message }] });
}

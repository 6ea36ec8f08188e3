/** The code that Node and PostgreSQL give their errors, such as `ENOENT` or `28P01`. */
export function codeOf(error: unknown): unknown {
  // Not `instanceof Error`: under Jest, Node's errors are of another realm.
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

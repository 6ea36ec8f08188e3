/** What a text says in JSON; an object without properties where it says none. */
export function objectIn(text: string): object {
  try {
    return Object(JSON.parse(text)) as object;
  } catch {
    return {};
  }
}

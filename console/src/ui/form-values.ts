/** What a form contains, by the names of its fields. A check box that is not checked is not there. */
export type FormValues = Readonly<Record<string, string>>;

/** What the user has entered. Files are left out. */
export function valuesOf(form: HTMLFormElement): FormValues {
  const isText = (entry: [string, unknown]): entry is [string, string] =>
    typeof entry[1] === 'string';
  return Object.fromEntries([...new FormData(form)].filter(isText));
}

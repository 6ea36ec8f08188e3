import { createContext } from 'react';
import type { TextKey } from '../texts/en.js';

/** What is wrong with a field: a text, or the code of an error that has a sentence. */
export type Fault = { readonly key: TextKey } | { readonly code: string };

/** By the names of fields. */
export type Faults = Readonly<Record<string, Fault>>;

/** Of the form around a field. */
export const FaultsContext = createContext<Faults>({});

/** The fields that a code may be about; in a form it is the first one that is there. */
const FIELDS_OF_CODE: Readonly<Record<string, readonly string[]>> = {
  email_taken: ['email', 'new_email'],
  password_unacceptable: ['new_password', 'password'],
  current_password_invalid: ['current_password'],
  code_invalid: ['code'],
};

/** What the API does not accept in a field is said in the user's language, so by the field. */
const TEXT_OF_FIELD: Readonly<Record<string, TextKey>> = {
  email: 'fault.email',
  new_email: 'fault.email',
  first_name: 'fault.name',
  last_name: 'fault.name',
  code: 'fault.code',
  roles: 'fault.roles',
};

/** The faults that an error names, of the fields that are in a form. */
export function faultsOf(error: unknown, fields: readonly string[]): Faults {
  const { code, problem } = Object(error) as ErrorOfFields;
  const field = FIELDS_OF_CODE[code ?? '']?.find((name) => fields.includes(name));
  if (code !== undefined && field !== undefined) return { [field]: { code } };
  const named = (problem?.errors ?? []).map((fault) => fault.field);
  return Object.fromEntries(
    named.filter((name) => fields.includes(name)).map((name) => [name, { key: textOfField(name) }]),
  );
}

interface ErrorOfFields {
  readonly code?: string;
  readonly problem?: { readonly errors?: readonly { readonly field: string }[] | undefined };
}

/** What the browser itself finds wrong, before anything is sent. */
export function typedFaults(elements: readonly Partial<HTMLInputElement>[]): Faults {
  const wrong = elements.filter(({ name, validity }) => !!name && validity?.valid === false);
  return Object.fromEntries(
    wrong.map(({ name = '', validity }) => [
      name,
      { key: validity?.valueMissing ? 'fault.required' : textOfField(name) },
    ]),
  );
}

function textOfField(name: string): TextKey {
  return TEXT_OF_FIELD[name] ?? 'fault.other';
}

/** Without what is wrong with one field, which is being changed. */
export function without(field: string, faults: Faults): Faults {
  return Object.fromEntries(Object.entries(faults).filter(([name]) => name !== field));
}

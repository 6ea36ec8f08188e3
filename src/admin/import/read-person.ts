import { isUUID } from 'class-validator';
import { v7 as newId } from 'uuid';
import { z } from 'zod';
import { areIdentityNames } from '../../auth/index.js';
import {
  canonicalAddress,
  checkedMetadata,
  checkedRoles,
  isName,
  isRole,
  judgeHash,
} from '../../users/index.js';
import { parseInstant } from '../instant.js';

const MAX_IDENTITIES = 20;

/** Before it, PostgreSQL and JavaScript do not agree about each calendar. */
const EARLIEST_CREATION = new Date(0);

/** Why a line is skipped. Scripts may rely on these codes. */
export type ReasonCode =
  | 'line_too_long'
  | 'not_utf8'
  | 'not_json'
  | 'not_an_object'
  | 'unknown_member'
  | 'invalid_member'
  | 'password_hash_unsupported'
  | 'password_hash_too_costly'
  | 'email_taken'
  | 'id_taken'
  | 'identity_taken';

/** Names are those of the report. It contains nothing of the line but names of members. */
export interface Reason {
  readonly code: ReasonCode;
  readonly member?: string;
  /** The line of the same file that has it. */
  readonly of_line?: number;
  /** The user who has it. */
  readonly of_user?: string;
}

export interface ImportedIdentity {
  readonly issuer: string;
  readonly subject: string;
}

/** Somebody to import, as the database gets them. */
export interface Person {
  readonly id: string;
  /** In its canonical form. */
  readonly email: string;
  readonly email_verified: boolean;
  readonly password_hash: string | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly roles: readonly string[];
  readonly metadata: object;
  readonly identities: readonly ImportedIdentity[];
  /** Null for now. */
  readonly created_at: Date | null;
}

export type ReadPerson =
  | { readonly kind: 'person'; readonly person: Person }
  | { readonly kind: 'invalid'; readonly reasons: readonly Reason[] }
  | { readonly kind: 'blank' };

/** Reads one line of a file of users; `undefined` is a line that is too long. */
export function readPerson(bytes: Buffer | undefined, now: Date): ReadPerson {
  if (!bytes) return invalid({ code: 'line_too_long' });
  const text = textOf(bytes);
  if (text === undefined) return invalid({ code: 'not_utf8' });
  if (text.trim() === '') return { kind: 'blank' };
  const value = parsedJson(text);
  if (value === undefined) return invalid({ code: 'not_json' });
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return invalid({ code: 'not_an_object' });
  const parsed = PERSON.safeParse(value);
  if (!parsed.success) return invalid(...parsed.error.issues.flatMap(reasonsOf));
  if (parsed.data.created_at && parsed.data.created_at > now)
    return invalid({ code: 'invalid_member', member: 'created_at' });
  return { kind: 'person', person: parsed.data };
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

const PERSON = z.strictObject({
  id: z
    .string()
    .refine((text) => isUUID(text))
    .nullish()
    .transform((id) => id?.toLowerCase() ?? newId()),
  email: z.string().transform(orInvalid(canonicalAddress)),
  email_verified: z.boolean().nullish().transform(orElse(false)),
  password_hash: z.string().superRefine(requireUsable).nullish().transform(orElse(null)),
  first_name: z.string().refine(isName).nullish().transform(orElse(null)),
  last_name: z.string().refine(isName).nullish().transform(orElse(null)),
  roles: z
    .array(z.string().refine(isRole))
    .transform(orInvalid(unlessThrown(checkedRoles)))
    .nullish()
    .transform((roles) => roles ?? []),
  metadata: z
    .looseObject({})
    .transform(orInvalid(unlessThrown<object, object>(checkedMetadata)))
    .nullish()
    .transform((metadata) => metadata ?? {}),
  identities: z
    .array(z.strictObject({ issuer: z.string(), subject: z.string() }).refine(areIdentityNames))
    .max(MAX_IDENTITIES)
    .nullish()
    .transform((identities) => distinct(identities ?? [])),
  created_at: z
    .string()
    .transform(orInvalid(parseInstant))
    .refine((instant) => instant >= EARLIEST_CREATION)
    .nullish()
    .transform(orElse(null)),
});

function textOf(bytes: Buffer): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonsOf({ code, path, message, ...issue }: z.core.$ZodIssue): Reason[] {
  if (code === 'unrecognized_keys' && path.length === 0)
    return (issue as { keys: string[] }).keys.map(unknownMember);
  if (message === 'password_hash_unsupported' || message === 'password_hash_too_costly')
    return [{ code: message }];
  return [{ code: 'invalid_member', member: String(path[0]) }];
}

/** The name may be of any length, and is printed. */
function unknownMember(name: string): Reason {
  return { code: 'unknown_member', member: name.slice(0, 64) };
}

function invalid(...reasons: Reason[]): ReadPerson {
  return { kind: 'invalid', reasons };
}

function orElse<Other>(other: Other) {
  return <Value>(value: Value | null | undefined): Value | Other => value ?? other;
}

function orInvalid<Value, Result>(read: (value: Value) => Result | undefined) {
  return (value: Value, context: z.RefinementCtx): Result => {
    const result = read(value);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom' });
    return z.NEVER;
  };
}

function unlessThrown<Value, Result>(check: (value: Value) => Result) {
  return (value: Value): Result | undefined => {
    try {
      return check(value);
    } catch {
      return undefined;
    }
  };
}

function requireUsable(hash: string, context: z.RefinementCtx): void {
  const verdict = judgeHash(hash);
  if (verdict !== 'usable')
    context.addIssue({ code: 'custom', message: `password_hash_${verdict}` });
}

function distinct(identities: readonly ImportedIdentity[]): ImportedIdentity[] {
  return [...new Map(identities.map((one) => [keyOfIdentity(one), one])).values()];
}

/** The same for the same identity, and for no other one. */
export function keyOfIdentity({ issuer, subject }: ImportedIdentity): string {
  return JSON.stringify([issuer, subject]);
}

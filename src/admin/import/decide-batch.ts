import { createHash } from 'node:crypto';
import { keyOfIdentity, type Person, type Reason, type ReasonCode } from './read-person.js';

/** A line with somebody who could be imported. */
export interface Candidate {
  readonly line: number;
  readonly person: Person;
}

/** What a candidate may not share with anybody. */
export interface Claim {
  readonly line: number;
  readonly code: Extract<ReasonCode, 'email_taken' | 'id_taken' | 'identity_taken'>;
  /** A digest of fixed length; equal for the same thing. */
  readonly key: string;
}

/** A claim to something that somebody has. */
export interface Conflict extends Reason {
  readonly line: number;
}

export interface BatchDecision {
  readonly accepted: readonly Candidate[];
  /** Why each of the other lines is skipped. */
  readonly refused: ReadonlyMap<number, readonly Reason[]>;
}

/**
 * Decides who of a batch is imported: who shares no id, address or identity with a user, nor with an
 * earlier line that is imported. A line that is skipped takes nothing from the lines after it.
 */
export function decideBatch(
  candidates: readonly Candidate[],
  conflicts: readonly Conflict[],
): BatchDecision {
  const known = byLine(conflicts);
  const lineOfKey = new Map<string, number>();
  const accepted: Candidate[] = [];
  const refused = new Map<number, Reason[]>();
  for (const candidate of candidates) {
    const { line } = candidate;
    const claims = claimsOf(candidate);
    const reasons = [
      ...(known.get(line) ?? []),
      ...claims.flatMap(({ code, key }) => takenBy(code, lineOfKey.get(key))),
    ];
    if (reasons.length > 0) {
      refused.set(line, reasons);
      continue;
    }
    accepted.push(candidate);
    for (const { key } of claims) lineOfKey.set(key, line);
  }
  return { accepted, refused };
}

export function claimsOf({ line, person }: Candidate): Claim[] {
  return [
    { line, code: 'id_taken', key: digest('id', person.id) },
    { line, code: 'email_taken', key: digest('email', person.email) },
    ...person.identities.map((one): Claim => ({
      line,
      code: 'identity_taken',
      key: digest('identity', keyOfIdentity(one)),
    })),
  ];
}

function byLine(conflicts: readonly Conflict[]): Map<number, Reason[]> {
  const known = new Map<number, Reason[]>();
  for (const { line, ...reason } of conflicts)
    known.set(line, [...(known.get(line) ?? []), reason]);
  return known;
}

function takenBy(code: ReasonCode, line: number | undefined): Reason[] {
  return line === undefined ? [] : [{ code, of_line: line }];
}

function digest(kind: string, text: string): string {
  return createHash('sha256').update(`${kind}:${text}`).digest('base64url');
}

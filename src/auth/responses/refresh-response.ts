import { REFUSAL_CODES, type RotationOutcomeName } from '#protocol';
import { Problem } from '../../platform/errors/index.js';
import type { ClaimedGrant, HookedOutcome } from '../hooks/hooked-sessions.js';

/**
 * Turns the outcome of a refresh into a grant and the value of `X-Refresh-Outcome`.
 *
 * @throws Problem where the refresh was rejected
 */
export function grantOrProblem(outcome: HookedOutcome): {
  grant: ClaimedGrant;
  outcome: RotationOutcomeName;
} {
  switch (outcome.kind) {
    case 'rotated':
    case 'replayed':
    case 'reissued':
      return { grant: outcome.grant, outcome: outcome.kind };
    case 'moved':
    case 'unproven':
      throw new Problem('reauthentication_required');
    case 'reused':
    case 'expired':
    // To a client, a token from before a change of password is the same as one of an ended session.
    case 'ended':
    case 'outdated':
      throw new Problem(REFUSAL_CODES[outcome.kind]);
  }
}

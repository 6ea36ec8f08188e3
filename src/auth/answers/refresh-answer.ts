import { Problem } from '../../platform/errors/index.js';
import type { RefreshOutcome, SessionGrant } from '../../sessions/index.js';

/**
 * What a refresh came to, for the answer: a grant and the name of its outcome, or the problem to
 * answer with.
 */
export function grantOrProblem(outcome: RefreshOutcome): {
  grant: SessionGrant;
  outcome: 'rotated' | 'replayed' | 'reissued';
} {
  switch (outcome.kind) {
    case 'rotated':
    case 'replayed':
    case 'reissued':
      return { grant: outcome.grant, outcome: outcome.kind };
    case 'reused':
      throw new Problem('refresh_reuse_detected');
    case 'moved':
      throw new Problem('reauthentication_required');
    case 'expired':
      throw new Problem('session_expired');
    // A token from before a change of password is as dead as one of an ended session, for whoever
    // holds it.
    case 'ended':
    case 'outdated':
      throw new Problem('session_revoked');
  }
}

import type { Token } from '../history/token.js';
import { type Answer, ENDED, type Rule, type RuleSession, SPENT, type Standing } from './rule.js';

/** `RefreshTokenReuseInterval`, as it is by default. */
const REUSE_MS = 10_000;

/** The token before the newest one stays good for ever, and gives the newest one again. */
export const oneStepBehind: Rule = {
  id: 'one-step-behind',
  name: 'One step behind',
  by: 'Supabase Auth, tokens with a counter',
  isOurs: false,
  summary:
    'The token before the newest one stays good without a limit of time, and gives the newest one again. Within ten seconds of a refresh, all older ones do, too. Any other old token ends the session.',
  sources: [
    {
      title: 'supabase/auth: internal/tokens/service.go, RefreshTokenGrant',
      url: 'https://github.com/supabase/auth/blob/058836f4264993cd9f7bcbaa0dcb0f63316c540e/internal/tokens/service.go',
    },
  ],
  reasons: {
    rotated: 'It is the newest token.',
    replayed:
      'It is one step behind the newest token, or less than ten seconds have passed since the last refresh, so it gives the newest one again.',
    reused: 'It is more than one step behind, and the last refresh was more than ten seconds ago.',
    ended: 'The session had ended before.',
  },
  begin: () => sessionOf({ counter: 0, refreshedAt: 0 }),
};

interface Counted {
  /** The generation of the newest token. */
  readonly counter: number;
  readonly refreshedAt: number;
}

function sessionOf(counted: Counted): RuleSession {
  return {
    present: (token, _by, now) => present(counted, token, now),
    standing: (token, now) => standing(counted, token, now),
  };
}

function present(counted: Counted, token: Token, now: number): Answer {
  const { kind } = standing(counted, token, now);
  if (kind === 'spent') return { outcome: 'reused', session: ENDED };
  const counter = counted.counter + (kind === 'unused' ? 1 : 0);
  return {
    outcome: kind === 'unused' ? 'rotated' : 'replayed',
    token: { generation: counter, sibling: 1 },
    parent: { generation: counter - 1, sibling: 1 },
    // Every answer counts as a refresh, so the interval slides.
    session: sessionOf({ counter, refreshedAt: now }),
  };
}

function standing({ counter, refreshedAt }: Counted, { generation }: Token, now: number): Standing {
  if (generation === counter) return { kind: 'unused' };
  if (generation === counter - 1) return { kind: 'confirmed' };
  const acceptedUntil = refreshedAt + REUSE_MS;
  return now < acceptedUntil ? { kind: 'superseded', acceptedUntil, windowMs: REUSE_MS } : SPENT;
}

import { evergreenBound } from './evergreen-bound.js';
import { evergreenStrict } from './evergreen-strict.js';
import { evergreen } from './evergreen.js';
import { forkingGrace } from './forking-grace.js';
import { oneStepBehind } from './one-step-behind.js';
import { parentUntilUsed } from './parent-until-used.js';
import { replayingGrace } from './replaying-grace.js';
import type { Rule } from './rule.js';
import { singleUse } from './single-use.js';

/** All rules, in the order in which the page shows them. */
export const RULES: readonly Rule[] = [
  evergreen,
  singleUse,
  forkingGrace,
  replayingGrace,
  oneStepBehind,
  parentUntilUsed,
  evergreenStrict,
  evergreenBound,
];

export function ruleById(id: string): Rule | undefined {
  return RULES.find((rule) => rule.id === id);
}

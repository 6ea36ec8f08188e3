import type { ComponentChildren } from 'preact';
import type { Holder } from '../history/play.js';
import type { Actor } from '../history/step.js';
import type { Tone } from '../words/verdicts.js';

/** A drawing of 16 by 16 that says nothing to those who do not see it: words stand beside it. */
function Icon({ children }: { readonly children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {children}
    </svg>
  );
}

const TONE_PATHS: Readonly<Record<Tone, string>> = {
  good: 'M4.5 8.4l2.4 2.4 4.6-5.2',
  alarm: 'M8 6v3.6M8 11.9v.2',
  bad: 'M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6',
};

export function ToneIcon({ tone }: { readonly tone: Tone }) {
  return (
    <Icon>
      {tone === 'alarm' ? (
        <path class="icon-fill" d="M8 .8l7.4 13.4H.6z" />
      ) : (
        <circle class="icon-fill" cx="8" cy="8" r="7.2" />
      )}
      <path class="icon-mark" d={TONE_PATHS[tone]} />
    </Icon>
  );
}

export const PERSON_PATHS: Readonly<Record<Actor | Holder, string>> = {
  browser: 'M2 3.5h12v9H2zM2 6.3h12',
  tabA: 'M2 3.5h12v9H2zM2 6.3h12',
  tabB: 'M2 3.5h12v9H2zM2 6.3h12',
  clone: 'M4.5 2.5H14v7H4.5zM2 5v8h9.5',
  renderer: 'M3 2.5h10v4.4H3zM3 9.1h10v4.4H3zM5.4 4.7h.2M5.4 11.3h.2',
  thief:
    'M1.6 5.6c4-1 8.8-1 12.8 0-.2 4-1.6 5.4-3.4 5.4-1.4 0-2.2-1.4-3-1.4S6.4 11 5 11C3.2 11 1.8 9.6 1.6 5.6zM5 7.8h.8M10.2 7.8h.8',
  backup: 'M13.4 8a5.4 5.4 0 1 1-1.8-4M13.6 1.6v3.2h-3.2',
};

/** Draws an actor or a holder. */
export function PersonIcon({ of }: { readonly of: Actor | Holder }) {
  return (
    <Icon>
      <path class="icon-line" d={PERSON_PATHS[of]} />
    </Icon>
  );
}

const CONTROL_PATHS = {
  first: 'M4 3.5v9M12.5 3.5L6 8l6.5 4.5z',
  back: 'M11 3.5L5 8l6 4.5z',
  play: 'M5 3l7.5 5L5 13z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  next: 'M5 3.5L11 8l-6 4.5z',
  last: 'M12 3.5v9M3.5 3.5L10 8l-6.5 4.5z',
  remove: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  clock: 'M8 2a6 6 0 1 0 .01 0zM8 4.8V8l2.2 1.6',
} as const;

export function ControlIcon({ of }: { readonly of: keyof typeof CONTROL_PATHS }) {
  return (
    <Icon>
      <path class="icon-line" d={CONTROL_PATHS[of]} />
    </Icon>
  );
}

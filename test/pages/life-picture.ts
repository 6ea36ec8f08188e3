/** The colours of the pages, in both themes: an image in a document has no style but its own. */
const STYLE = `
  text { font: 13px ui-sans-serif, system-ui, 'Segoe UI', Roboto, Arial, sans-serif; fill: #17201c }
  .title { font-weight: 650 }
  .small { font-size: 12px; fill: #52605a }
  .session { fill: #12664a }
  .access { fill: #7fb8a1 }
  .refresh { fill: #e0a63a }
  .moment { stroke: #7f8c86; stroke-dasharray: 2 4 }
  .end { stroke: #12664a; stroke-width: 1.6 }
  .limit { stroke: #a33b2e; stroke-width: 1.6 }
  .cut { stroke: #a33b2e; stroke-width: 2.4; stroke-linecap: round }
  @media (prefers-color-scheme: dark) {
    text { fill: #e8eeeb }
    .small { fill: #a3b2ab }
    .session { fill: #5cc79b }
    .access { fill: #2f7a5f }
    .refresh { fill: #b98222 }
    .end { stroke: #5cc79b }
    .limit, .cut { stroke: #f08b7d }
  }`;

const WIDTH = 800;
const HEIGHT = 376;

/** Where the lanes begin; what is left of it are their names. */
const LEFT = 130;
const STEP = 100;
/** Between two bars of one row. */
const GAP = 3;

/** How long a session lasts without a refresh, and an access token, in the units of the picture. */
const LIFETIME = 2 * STEP;
const ACCESS = 1.2 * STEP;

interface Moment {
  readonly x: number;
  readonly name: string;
  /** Whether the tokens from before are void from here on. */
  readonly isCut?: true;
}

const at = (step: number): number => LEFT + step * STEP;

const UNUSED: readonly Moment[] = [
  { x: at(0), name: 'sign-in' },
  { x: at(1), name: 'refresh' },
  { x: at(2), name: 'refresh' },
  { x: at(3), name: 'new password', isCut: true },
];
const ENDED: readonly Moment[] = [
  { x: at(0), name: 'sign-in' },
  { x: at(1), name: 'refresh' },
  { x: at(2), name: 'refresh' },
];
const LOGOUT = at(2.6);
const ABSOLUTE_END = at(6.2);

/** Two sessions by their tokens: one that expires, and one that ends. Times are not to scale. */
export function lifePicture(): string {
  const last = UNUSED.at(-1)!;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
<title>Two sessions. Each refresh of the first one moves its end, until it is not refreshed and expires. The second one ends at a logout, and all of its tokens with it.</title>
<style>${STYLE}
</style>
<text class="title" x="0" y="16">A session that expires</text>
${lane(UNUSED, last.x + LIFETIME, 34)}
${limit(34)}
<text class="title" x="0" y="246">A session that ends</text>
${lane(ENDED, LOGOUT, 264)}
<text class="small" x="${LOGOUT + 16}" y="296">logout: every token of the session is void</text>
<text class="small" x="${LOGOUT + 16}" y="312">from here on, also those that have not expired</text>
</svg>
`;
}

/** The session, its end as each refresh moves it, and its tokens. */
function lane(moments: readonly Moment[], end: number, top: number): string {
  const isLong = moments === UNUSED;
  const tokens = top + (isLong ? 108 : 42);
  return [
    ...moments.map(({ x, name }) => moment(x, name, top, tokens + 58)),
    label('session', top + 31),
    bar('session', LEFT, end, top + 18, 16),
    ...(isLong ? [label('its end moves', top + 72), ...movedEnds(moments, top + 46)] : []),
    label('access tokens', tokens + 13),
    ...bars('access', moments, end, tokens, ACCESS),
    label('refresh tokens', tokens + 43),
    ...bars('refresh', moments, end, tokens + 30, Infinity),
    ...(isLong ? [] : [cut(end, top + 12, tokens + 52)]),
    ...(isLong ? [smallText(end + 8, top + 31, 'expired')] : []),
  ].join('\n');
}

/** Until when the session would last without the next refresh. */
function movedEnds(moments: readonly Moment[], top: number): string[] {
  return moments.map(({ x }, index) => {
    const y = top + index * 13;
    const to = x + LIFETIME;
    return `<path class="end" fill="none" d="M${x} ${y}H${to}M${to} ${y - 4}v8"/>`;
  });
}

/**
 * One token for each moment. An access token lasts until its own expiry, a refresh token until the
 * next one is used; both no longer than the session, or until what makes older tokens void.
 */
function bars(
  kind: 'access' | 'refresh',
  moments: readonly Moment[],
  end: number,
  top: number,
  lifetime: number,
): string[] {
  return moments.map(({ x }, index) => {
    const next = moments[index + 1];
    const after = moments[index + 2];
    const confirmed = kind === 'refresh' ? (after?.x ?? end) : Infinity;
    const voidAt = [next, after].find((one) => one?.isCut)?.x ?? Infinity;
    const to = Math.min(x + lifetime, end, confirmed, voidAt);
    return bar(kind, x, to, top + (index % 2) * 11, 9);
  });
}

function bar(kind: string, from: number, to: number, y: number, height: number): string {
  return `<rect class="${kind}" x="${from}" y="${y}" width="${to - from - GAP}" height="${height}" rx="${height / 2}"/>`;
}

function moment(x: number, name: string, top: number, bottom: number): string {
  return `<path class="moment" d="M${x} ${top + 6}V${bottom}"/><text class="small" x="${x}" y="${top}" text-anchor="middle">${name}</text>`;
}

function label(text: string, y: number): string {
  return `<text x="0" y="${y}">${text}</text>`;
}

function smallText(x: number, y: number, text: string): string {
  return `<text class="small" x="${x}" y="${y}">${text}</text>`;
}

function cut(x: number, top: number, bottom: number): string {
  return `<path class="cut" d="M${x} ${top}V${bottom}"/>`;
}

function limit(top: number): string {
  return `<path class="limit" d="M${ABSOLUTE_END} ${top + 6}V${top + 166}"/><text class="small" x="${ABSOLUTE_END}" y="${top}" text-anchor="middle">absolute end</text>`;
}

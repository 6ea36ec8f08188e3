import { useEffect, useRef } from 'preact/hooks';
import type { Frame, Holder } from '../history/play.js';
import { nameOf } from '../history/token.js';
import { layoutOf, type Line, NODE, PILL, type PlacedToken } from '../picture/layout.js';
import { HOLDER_NAMES } from '../words/actors.js';
import { pictureInWords, standingInWords } from '../words/frames.js';
import { PERSON_PATHS } from './icons.js';

const CLOCK_RADIUS = 8;
const CLOCK_LENGTH = 2 * Math.PI * CLOCK_RADIUS;

/** The chain after one step: tokens, who holds them, and how long they are still accepted. */
export function Picture({ frame, step }: { readonly frame: Frame; readonly step: number }) {
  const { width, height, tokens, lines } = layoutOf(frame);
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The newest token is what the step is about.
    if (scroller.current) scroller.current.scrollLeft = width;
  }, [step, width]);
  return (
    <div
      class="picture"
      ref={scroller}
      role="region"
      aria-label="Picture of the chain"
      tabIndex={0}
    >
      <svg
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={pictureInWords(frame)}
      >
        {lines.map((line) => (
          <Connection key={line.key} line={line} />
        ))}
        {tokens.map((token) => (
          <TokenNode key={token.key} token={token} now={frame.now} />
        ))}
      </svg>
    </div>
  );
}

/** What the numbers and colours of the picture mean. */
export function PictureKey() {
  return (
    <details class="key">
      <summary>How to read the picture</summary>
      <dl>
        <dt>2, 3, 3b</dt>
        <dd>
          Refresh tokens, from left to right. A line leads from a token to one that was given for
          it. 3 and 3b were both given for token 2.
        </dd>
        <dt>Dashed</dt>
        <dd>It is good, and nobody has used it yet.</dd>
        <dt>Green</dt>
        <dd>
          It was used, and is still good. If that has an end, a ring shows how much time is left.
        </dd>
        <dt>Amber</dt>
        <dd>A newer one was used since, and it is still good for a while.</dd>
        <dt>Grey</dt>
        <dd>The server does not take it any more.</dd>
        <dt>Below a token</dt>
        <dd>Who holds it. A dashed label is a response on its way.</dd>
      </dl>
    </details>
  );
}

function Connection({ line: { from, to, isTaken } }: { readonly line: Line }) {
  const middle = (from.x + to.x) / 2;
  return (
    <path
      class={isTaken ? 'line taken' : 'line'}
      d={`M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`}
    />
  );
}

function TokenNode({ token: placed, now }: { readonly token: PlacedToken; readonly now: number }) {
  const { token, standing, x, y, isPresented, windowLeft, holders, flights } = placed;
  const pills: readonly (Holder | 'flight')[] = [
    ...holders,
    ...Array<'flight'>(flights).fill('flight'),
  ];
  return (
    <g class={`token ${standing.kind}`} transform={`translate(${x} ${y})`}>
      {isPresented && (
        <>
          <rect
            class="presented"
            x={-4}
            y={-4}
            width={NODE.width + 8}
            height={NODE.height + 8}
            rx={16}
          />
          <text class="note" x={NODE.width / 2} y={-9}>
            presented
          </text>
        </>
      )}
      <rect class="card" width={NODE.width} height={NODE.height} rx={12} />
      <text class="name" x={14} y={27}>
        {nameOf(token)}
      </text>
      <text class="state" x={14} y={47}>
        {standingInWords(standing, now)}
      </text>
      {windowLeft === undefined ? (
        <StandingMark kind={standing.kind} />
      ) : (
        <Clock left={windowLeft} />
      )}
      {pills.map((pill, index) => (
        <Pill key={`${pill} ${index}`} of={pill} index={index} />
      ))}
    </g>
  );
}

const MARKS: Readonly<Record<PlacedToken['standing']['kind'], string>> = {
  unused: '',
  confirmed: 'M-4 .4l2.6 2.8 5.2-6',
  superseded: 'M-4 0h8',
  spent: 'M-3.5-3.5l7 7M3.5-3.5l-7 7',
};

function StandingMark({ kind }: { readonly kind: PlacedToken['standing']['kind'] }) {
  return (
    <g class="symbol" transform={`translate(${NODE.width - 20} 20)`}>
      <circle r={CLOCK_RADIUS} />
      {MARKS[kind] && <path d={MARKS[kind]} />}
    </g>
  );
}

/** The grace window, running out. */
function Clock({ left }: { readonly left: number }) {
  return (
    <g class="clock" transform={`translate(${NODE.width - 20} 20) rotate(-90)`}>
      <circle r={CLOCK_RADIUS} />
      <circle
        class="left"
        r={CLOCK_RADIUS}
        stroke-dasharray={`${left * CLOCK_LENGTH} ${CLOCK_LENGTH}`}
      />
    </g>
  );
}

function Pill({ of, index }: { readonly of: Holder | 'flight'; readonly index: number }) {
  const y = NODE.height + PILL.gap + index * (PILL.height + PILL.gap);
  const icon = of === 'flight' ? 'M1.5 8h11M9 4.5L12.5 8 9 11.5' : PERSON_PATHS[of];
  return (
    <g class={`pill ${of}`} transform={`translate(0 ${y})`}>
      <rect width={NODE.width} height={PILL.height} rx={PILL.height / 2} />
      <path d={icon} transform="translate(8 5) scale(.875)" />
      <text x={28} y={16.5}>
        {of === 'flight' ? 'on its way' : HOLDER_NAMES[of]}
      </text>
    </g>
  );
}

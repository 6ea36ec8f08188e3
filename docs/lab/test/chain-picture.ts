import { type Frame, play } from '../src/history/play.js';
import { nameOf } from '../src/history/token.js';
import { decodeHistory } from '../src/link/step-codes.js';
import { layoutOf, type Line, NODE, PILL, type PlacedToken } from '../src/picture/layout.js';
import { evergreen } from '../src/rules/evergreen.js';
import { HOLDER_NAMES } from '../src/words/actors.js';
import { pictureInWords, standingInWords } from '../src/words/frames.js';

/** A lost response, a further child, and its use: every standing of a token in one picture. */
export const HISTORY = 'Ar.w3600.Al.w3600.Ar.w60.Ar.w6';

/** The colours of the page, in both themes. An image in a document has no style but its own. */
const STYLE = `
  text { font: 12px ui-sans-serif, system-ui, 'Segoe UI', Roboto, Arial, sans-serif; fill: #17201c }
  .name { font-size: 20px; font-weight: 650 }
  .card { fill: #fff; stroke: #7f8c86; stroke-width: 1.5 }
  .line { fill: none; stroke: #7f8c86; stroke-width: 1.6; stroke-dasharray: 3 5; stroke-linecap: round }
  .taken { stroke: #12664a; stroke-width: 2.2; stroke-dasharray: none }
  .pill { fill: #fff; stroke: #dfe4e0 }
  .unused .card { stroke: #12664a; stroke-dasharray: 5 4 }
  .confirmed .card { fill: #12664a; stroke: #12664a }
  .confirmed .of-card { fill: #fff }
  .superseded .card { fill: #fbf1dc; stroke: #835500 }
  .superseded .state { fill: #835500 }
  .spent .card { fill: #f6f7f5; stroke: #dfe4e0 }
  .spent .of-card { fill: #52605a }
  .clock { fill: none; stroke: #835500; stroke-width: 3; opacity: .25 }
  .left { opacity: 1 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e8eeeb }
    .card, .pill { fill: #18201d }
    .pill { stroke: #2c3833 }
    .taken { stroke: #5cc79b }
    .unused .card { stroke: #5cc79b }
    .confirmed .card { fill: #5cc79b; stroke: #5cc79b }
    .confirmed .of-card { fill: #07150f }
    .superseded .card { fill: #33270f; stroke: #f0b84d }
    .superseded .state { fill: #f0b84d }
    .spent .card { fill: #101513; stroke: #2c3833 }
    .spent .of-card { fill: #a3b2ab }
    .clock { stroke: #f0b84d }
  }`;

/** The picture of `docs/decisions/rotation.md`, as an SVG that needs no page around it. */
export function chainPicture(): string {
  const frame = play(decodeHistory(HISTORY) ?? [], evergreen).at(-1)!;
  const { width, height, lines, tokens } = layoutOf(frame);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${pictureInWords(frame)}</title>
<style>${STYLE}
</style>
${[...lines.map(lineSvg), ...tokens.map((token) => tokenSvg(token, frame))].join('\n')}
</svg>
`;
}

function lineSvg({ from, to, isTaken }: Line): string {
  const middle = (from.x + to.x) / 2;
  const path = `M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
  return `<path class="line${isTaken ? ' taken' : ''}" d="${path}"/>`;
}

function tokenSvg({ token, standing, x, y, holders, windowLeft }: PlacedToken, { now }: Frame) {
  const parts = [
    `<rect class="card" width="${NODE.width}" height="${NODE.height}" rx="12"/>`,
    `<text class="name of-card" x="14" y="27">${nameOf(token)}</text>`,
    `<text class="state of-card" x="14" y="47">${standingInWords(standing, now)}</text>`,
    windowLeft === undefined ? '' : clockSvg(windowLeft),
    ...holders.map((holder, index) => pillSvg(HOLDER_NAMES[holder], index)),
  ];
  return `<g class="${standing.kind}" transform="translate(${x} ${y})">${parts.join('')}</g>`;
}

function clockSvg(left: number): string {
  const length = 2 * Math.PI * 8;
  const arc = `${(left * length).toFixed(2)} ${length.toFixed(2)}`;
  return `<g transform="translate(${NODE.width - 20} 20) rotate(-90)"><circle class="clock" r="8"/><circle class="clock left" r="8" stroke-dasharray="${arc}"/></g>`;
}

function pillSvg(text: string, index: number): string {
  const y = NODE.height + PILL.gap + index * (PILL.height + PILL.gap);
  return `<rect class="pill" y="${y}" width="${NODE.width}" height="${PILL.height}" rx="${PILL.height / 2}"/><text x="14" y="${y + 16.5}">${text}</text>`;
}

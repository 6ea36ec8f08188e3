import { play } from '../src/history/play.js';
import { decodeHistory } from '../src/link/step-codes.js';
import { evergreen } from '../src/rules/evergreen.js';

/** How a token of the picture is drawn. */
type Look = 'replaced' | 'unused' | 'confirmed' | 'refused';

interface DrawnToken {
  readonly name: string;
  readonly look: Look;
  /** What stands below the token. */
  readonly caption: string;
}

interface Panel {
  readonly title: string;
  /** What happens, in the letters of the laboratory's links; the lines are set by hand. */
  readonly history: string;
  readonly steps: readonly (readonly string[])[];
  readonly first: DrawnToken;
  readonly children: readonly DrawnToken[];
  /** The line to the first child is cut: the response never arrives. */
  readonly isFirstLost?: true;
  /** Who sends the first token, where it is more than one. */
  readonly senders?: readonly string[];
  readonly result: string;
  readonly isEnd?: true;
}

/** The three histories of the picture. The test plays each of them. */
export const PANELS: readonly Panel[] = [
  {
    title: 'A lost response',
    history: 'Al.w3600.Ar.w60.Ar',
    steps: [
      ['The app sends token 1. Token 2', 'is issued, but never arrives.'],
      [
        'An hour later it sends 1 again.',
        'Nobody has used 2, so 1 is still',
        'good: the app gets 2b.',
      ],
      ['The app uses 2b. Only now is', '1 replaced.'],
    ],
    first: { name: '1', look: 'replaced', caption: 'sent twice' },
    children: [
      { name: '2', look: 'unused', caption: 'never used' },
      { name: '2b', look: 'confirmed', caption: 'used by the app' },
    ],
    isFirstLost: true,
    result: 'Still signed in',
  },
  {
    title: 'Two tabs',
    history: 'At.Bt.w1.Ag.Bg.w60.Br',
    steps: [
      ['Both tabs send token 1 at the', 'same moment.'],
      ['Within ten seconds a browser', 'gets the same result: token 2', 'for both tabs.'],
      ['A tab uses 2. Only now is', '1 replaced.'],
    ],
    first: { name: '1', look: 'replaced', caption: 'sent twice' },
    children: [{ name: '2', look: 'confirmed', caption: 'used by a tab' }],
    senders: ['Tab A', 'Tab B'],
    result: 'Still signed in',
  },
  {
    title: 'A thief',
    history: 'Ts.Ar.w3600.Tr.w60.Ar.w60.Tr',
    steps: [
      ['A thief has copied token 1. Both', 'send it: the owner gets 2, the', 'thief gets 2b.'],
      ['The owner uses 2. Only now is', '1 replaced.'],
      ['The thief uses 2b. But only one', 'of 2 and 2b may be used.'],
    ],
    first: { name: '1', look: 'replaced', caption: 'sent by both' },
    children: [
      { name: '2', look: 'confirmed', caption: 'used by the owner' },
      { name: '2b', look: 'refused', caption: 'used by the thief' },
    ],
    result: 'Both are signed out',
    isEnd: true,
  },
];

const RULE = 'A new refresh token replaces the old one only when somebody uses it.';

const WIDTH = 830;
const PANEL = { width: 258, height: 420, gap: 12, left: 16, top: 54 };
const CARD = { width: 52, height: 44 };
const FIRST_AT = { x: 28, y: 98 };
const SENDERS_AT = { x: 20, width: 58, height: 28 };
const LINE_HEIGHT = 17;
const HEIGHT = PANEL.top + PANEL.height + PANEL.left;

/**
 * The colours of the laboratory, in both themes. The picture has a ground of its own, since the
 * theme of a page may differ from that of the machine, which is the one that a picture follows.
 */
const STYLE = `
  text { font: 12.5px ui-sans-serif, system-ui, 'Segoe UI', Roboto, Arial, sans-serif; fill: #17201c }
  .rule { font-size: 17px; font-weight: 650 }
  .title { font-size: 16px; font-weight: 650 }
  .ground { fill: #f3f6f3 }
  .panel { fill: #fff; stroke: #d5dbd7 }
  .caption { font-size: 11.5px; fill: #52605a; text-anchor: middle }
  .card { stroke-width: 1.6 }
  .name { font-size: 19px; font-weight: 650; text-anchor: middle }
  .replaced .card { fill: #f1f3f0; stroke: #aeb8b2 }
  .replaced .name { fill: #52605a }
  .unused .card { fill: #fff; stroke: #12664a; stroke-dasharray: 5 4 }
  .confirmed .card { fill: #12664a; stroke: #12664a }
  .confirmed .name { fill: #fff }
  .refused .card { fill: #a32a1c; stroke: #a32a1c }
  .refused .name { fill: #fff }
  .line { fill: none; stroke: #7f8c86; stroke-width: 1.8 }
  .lost { stroke-dasharray: 3 5; stroke-linecap: round }
  .cut { fill: none; stroke: #a32a1c; stroke-width: 2.4; stroke-linecap: round }
  .gap { fill: #fff }
  .sender { fill: #f1f3f0; stroke: #d5dbd7 }
  .sender-name { text-anchor: middle }
  .number { fill: #e4ece7 }
  .of-number { font-size: 11px; font-weight: 650; text-anchor: middle; fill: #12664a }
  .result { fill: #dcefe5 }
  .of-result { font-size: 14px; font-weight: 650; fill: #0c4f39 }
  .sign { fill: none; stroke: #0c4f39; stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round }
  .end .result { fill: #fbe3de }
  .end .of-result { fill: #8a1f13 }
  .end .sign { stroke: #8a1f13 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e8eeeb }
    .ground { fill: #1b2420 }
    .panel { fill: #121816; stroke: #33403a }
    .caption { fill: #a3b2ab }
    .replaced .card { fill: #222c27; stroke: #5a6962 }
    .replaced .name { fill: #a3b2ab }
    .unused .card { fill: #121816; stroke: #5cc79b }
    .confirmed .card { fill: #5cc79b; stroke: #5cc79b }
    .confirmed .name { fill: #07150f }
    .refused .card { fill: #ff8f7d; stroke: #ff8f7d }
    .refused .name { fill: #2a0a05 }
    .line { stroke: #84938c }
    .cut { stroke: #ff8f7d }
    .gap { fill: #121816 }
    .sender { fill: #222c27; stroke: #33403a }
    .number { fill: #22352c }
    .of-number { fill: #7fd8b2 }
    .result { fill: #17392c }
    .of-result { fill: #a5e6ca }
    .sign { stroke: #a5e6ca }
    .end .result { fill: #46201a }
    .end .of-result { fill: #ffbcb0 }
    .end .sign { stroke: #ffbcb0 }
  }`;

/** What the server answers to each refresh of a panel, as the laboratory plays it. */
export function outcomesOf({ history }: Panel): string[] {
  return play(decodeHistory(history) ?? [], evergreen)
    .map(({ outcome }) => outcome)
    .filter((outcome) => outcome !== undefined);
}

/** The picture of the README, as an SVG that needs no page around it. */
export function confirmOnUsePicture(): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title description">
<title id="title">Confirm on use: ${RULE}</title>
<desc id="description">${PANELS.map(inWords).join(' ')}</desc>
<style>${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${HEIGHT}" rx="18"/>
<text class="rule" x="${WIDTH / 2}" y="34" text-anchor="middle">${RULE}</text>
${PANELS.map(panelSvg).join('\n')}
</svg>
`;
}

function inWords({ title, steps, result }: Panel): string {
  return `${title}: ${steps.flat().join(' ')} ${result}.`;
}

function panelSvg(panel: Panel, index: number): string {
  const x = PANEL.left + index * (PANEL.width + PANEL.gap);
  const parts = [
    `<rect class="panel" width="${PANEL.width}" height="${PANEL.height}" rx="14"/>`,
    `<text class="title" x="20" y="32">${panel.title}</text>`,
    ...chainSvg(panel),
    ...stepsSvg(panel),
    resultSvg(panel),
  ];
  return `<g${panel.isEnd ? ' class="end"' : ''} transform="translate(${x} ${PANEL.top})">\n${parts.join('\n')}\n</g>`;
}

/** Tokens and the lines between them. */
function chainSvg(panel: Panel): string[] {
  const { first, children, senders = [], isFirstLost } = panel;
  const start = senders.length > 0 ? { x: 106, y: FIRST_AT.y } : FIRST_AT;
  const places = childPlaces(children.length);
  return [
    ...senders.map((name, index) => senderSvg(name, index, start)),
    ...places.map((place, index) => lineSvg(start, place, isFirstLost === true && index === 0)),
    tokenSvg(first, start),
    ...children.map((child, index) => tokenSvg(child, places[index]!)),
  ];
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function childPlaces(count: number): Place[] {
  return count === 1
    ? [{ x: 180, y: FIRST_AT.y }]
    : [
        { x: 168, y: 54 },
        { x: 168, y: 138 },
      ];
}

function lineSvg(from: Place, to: Place, isLost: boolean): string {
  const [x, y] = [from.x + CARD.width, from.y + CARD.height / 2];
  const [endX, endY] = [to.x, to.y + CARD.height / 2];
  const middle = (x + endX) / 2;
  const path = `<path class="line${isLost ? ' lost' : ''}" d="M${x} ${y}C${middle} ${y} ${middle} ${endY} ${endX} ${endY}"/>`;
  return isLost ? path + cutSvg(middle, (y + endY) / 2) : path;
}

/** A cross on the line of a response that is lost. */
function cutSvg(x: number, y: number): string {
  return `<g transform="translate(${x} ${y})"><circle class="gap" r="10"/><path class="cut" d="M-5 -5L5 5M5 -5L-5 5"/></g>`;
}

function senderSvg(name: string, index: number, start: Place): string {
  const y = index === 0 ? 70 : 142;
  const right = SENDERS_AT.x + SENDERS_AT.width;
  const [middleY, endY] = [y + SENDERS_AT.height / 2, start.y + CARD.height / 2];
  const middle = (right + start.x) / 2;
  return `<path class="line" d="M${right} ${middleY}C${middle} ${middleY} ${middle} ${endY} ${start.x} ${endY}"/><rect class="sender" x="${SENDERS_AT.x}" y="${y}" width="${SENDERS_AT.width}" height="${SENDERS_AT.height}" rx="14"/><text class="sender-name" x="${SENDERS_AT.x + SENDERS_AT.width / 2}" y="${y + 18.5}">${name}</text>`;
}

function tokenSvg({ name, look, caption }: DrawnToken, { x, y }: Place): string {
  const middle = CARD.width / 2;
  const below =
    caption && `<text class="caption" x="${middle}" y="${CARD.height + 16}">${caption}</text>`;
  return `<g class="${look}" transform="translate(${x} ${y})"><rect class="card" width="${CARD.width}" height="${CARD.height}" rx="11"/><text class="name" x="${middle}" y="29">${name}</text>${below}</g>`;
}

function stepsSvg({ steps }: Panel): string[] {
  let y = 236;
  return steps.map((lines, index) => {
    const top = y;
    y += lines.length * LINE_HEIGHT + 8;
    return stepSvg(lines, index + 1, top);
  });
}

function stepSvg(lines: readonly string[], number: number, y: number): string {
  const texts = lines.map(
    (line, index) => `<text x="46" y="${y + index * LINE_HEIGHT}">${line}</text>`,
  );
  return `<circle class="number" cx="28" cy="${y - 4.5}" r="9.5"/><text class="of-number" x="28" y="${y - 0.5}">${number}</text>${texts.join('')}`;
}

function resultSvg({ result, isEnd }: Panel): string {
  const sign = isEnd ? 'M-5 -5L5 5M5 -5L-5 5' : 'M-6 0L-2 5L6 -5';
  return `<g transform="translate(12 ${PANEL.height - 50})"><rect class="result" width="${PANEL.width - 24}" height="38" rx="9"/><path class="sign" transform="translate(22 19)" d="${sign}"/><text class="of-result" x="38" y="24">${result}</text></g>`;
}

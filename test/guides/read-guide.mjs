/** How a guide is read: from its Markdown to the steps that a reader would carry out. Pure. */

/**
 * A block is one of these by its info string. Forges show the first word of it as the language, and
 * nothing of the rest.
 *
 *     ```sh                  commands, run to their end; the folder and variables stay
 *     ```sh keeps running    a server: it runs until the guide ends
 *     ```sh not run here     what needs something that a test machine does not have
 *     ```text                what the commands before it print; `…` stands for anything
 *     ```tsx src/App.tsx     a file, whose name the text before it must say as well
 *
 * The list below the comment `<!-- in the browser -->` is carried out in one.
 *
 * @typedef {{ kind: 'file', line: number, path: string, text: string }} FileStep
 * @typedef {{ kind: 'run' | 'keep-running', line: number, script: string, prints?: string }}
 *   RunStep
 * @typedef {{ kind: 'skip', line: number, script: string, prints?: string }} SkippedStep
 * @typedef {{ kind: 'browse', line: number, sentences: string[] }} BrowseStep
 * @typedef {FileStep | RunStep | SkippedStep | BrowseStep} Step
 */

const KIND_OF = { sh: 'run', 'sh keeps running': 'keep-running', 'sh not run here': 'skip' };

/**
 * A fenced block, or the items of a list below the comment. Neither is ever indented in a guide.
 */
const STEP =
  /^```(?<info>[^\n]*)\n(?<text>[^]*?)^```$|^<!-- in the browser -->\n\n?(?<list>(?:\d+\. .*\n)+)/gm;

/**
 * @param {string} markdown
 * @returns {Step[]} in the order of the page
 * @throws where a block is none of the above, with the number of its line
 */
export function readGuide(markdown) {
  /** @type {Step[]} */
  const steps = [];
  let readUpTo = 0;
  for (const match of markdown.matchAll(STEP)) {
    const line = markdown.slice(0, match.index).split('\n').length;
    const textBefore = markdown.slice(readUpTo, match.index);
    readUpTo = match.index + match[0].length;
    const { info, text, list } = match.groups;
    if (list !== undefined) steps.push({ kind: 'browse', line, sentences: sentencesOf(list) });
    else if (info === 'text') expect(steps.at(-1), text, line);
    else if (info in KIND_OF) steps.push({ kind: KIND_OF[info], line, script: text });
    else steps.push(fileOf(info, text, textBefore, line));
  }
  return steps;
}

function sentencesOf(list) {
  return list
    .trimEnd()
    .split('\n')
    .flatMap((item) => item.replace(/^\d+\. /, '').split(/(?<=\.) (?=[A-Z])/));
}

function expect(step, text, line) {
  if (step?.script === undefined || step.prints !== undefined)
    throw new Error(`Line ${line}: there are no commands before it that could print this.`);
  step.prints = text;
}

function fileOf(info, text, textBefore, line) {
  const path = /^\w+ (\S+)$/.exec(info)?.[1];
  if (!path) throw new Error(`Line ${line}: a block "${info}" is neither a file nor commands.`);
  if (!textBefore.includes(`\`${path}\``))
    throw new Error(`Line ${line}: the text before this file does not name \`${path}\`.`);
  return { kind: 'file', line, path, text };
}

/**
 * @param {string} expected what a guide says that commands print
 * @returns {string} the source of a regular expression for it
 */
export function patternOf(expected) {
  return expected
    .trim()
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('[^]*?');
}

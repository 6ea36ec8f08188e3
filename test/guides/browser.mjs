import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const WITHIN_MS = 60_000;

/** The sentences that a list below `<!-- in the browser -->` may have. */
const SENTENCES = [
  [/^Open `(.+)`\.$/, (tabs, url) => tabs.first.goto(url)],
  [/^Open `(.+)` in a second tab\.$/, async (tabs, url) => (await tabs.openSecond()).goto(url)],
  [
    /^Type `(.+)` into \*\*(.+)\*\*\.$/,
    ({ front }, text, label) => front.getByLabel(label).fill(text),
  ],
  [
    /^Press \*\*(.+)\*\*\.$/,
    ({ front }, name) => front.getByRole('button', { name, exact: true }).click(),
  ],
  [/^The page shows `(.+)`\.$/, ({ front }, text) => shows(front, text)],
  [/^The first tab shows `(.+)`\.$/, ({ first }, text) => shows(first, text)],
  [/^Reload the page\.$/, ({ front }) => front.reload()],
  [/^Look at the source of the page\.$/, (tabs) => tabs.readSource()],
  [/^The source has `(.+)`\.$/, ({ source }, text) => assert.ok(source.includes(text), source)],
];

/** One browser for a guide; it is started by the first sentence. */
export class Browser {
  #browser;
  #tabs;
  #faults = [];

  async carryOut({ sentences }) {
    this.#tabs ??= await this.#start();
    for (const sentence of sentences) {
      await this.#carryOutOne(sentence);
      if (this.#faults.length) throw new Error(`The page has failed: ${this.#faults.join('\n')}`);
    }
  }

  async close() {
    await this.#browser?.close();
  }

  async #carryOutOne(sentence) {
    const [pattern, act] = SENTENCES.find(([known]) => known.test(sentence)) ?? [];
    if (!pattern) throw new Error(`Nobody knows how to do: ${sentence}`);
    const [, ...details] = pattern.exec(sentence);
    try {
      await act(this.#tabs, ...details);
    } catch (error) {
      const page = await this.#tabs.front.locator('body').innerText();
      throw new Error(`${sentence} The page shows:\n${page}`, { cause: error });
    }
  }

  async #start() {
    this.#browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox'],
    });
    const context = await this.#browser.newContext();
    context.setDefaultTimeout(WITHIN_MS);
    context.on('weberror', (fault) => this.#faults.push(fault.error().stack));
    const first = await context.newPage();
    return {
      first,
      front: first,
      source: '',
      async openSecond() {
        this.front = await context.newPage();
        return this.front;
      },
      /** Asks for it again, with the cookies of the page, and runs no script of it. */
      async readSource() {
        this.source = await (await context.request.get(this.front.url())).text();
      },
    };
  }
}

const shows = (page, text) => page.getByText(text).first().waitFor();

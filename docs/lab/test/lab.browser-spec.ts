import { gzipSync } from 'node:zlib';
import { type run, source as AXE } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { RULES } from '../src/rules/index.js';
import { TOUR } from '../src/tour/tour.js';
import { SCENARIOS } from './scenario-files.js';
import { serveBuiltLab, type StaticSite } from './static-site.js';

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };
const NARROWEST = { width: 360, height: 780 };

let site: StaticSite;
let browser: Browser;
let page: Page;
/** What the page must not do: errors, violations of its policy, requests to anywhere else. */
let faults: string[];

beforeAll(async () => {
  site = await serveBuiltLab();
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

afterEach(async () => {
  await page?.context().close();
  expect(faults).toEqual([]);
});

/** Opens the page in a browser of its own. */
async function open(
  fragment: string,
  { viewport = WIDE, theme = 'light', motion = 'no-preference' }: Partial<Look> = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport,
    colorScheme: theme,
    reducedMotion: motion,
  });
  page = await context.newPage();
  faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(site.url) && !request.url().startsWith('data:'))
      faults.push(request.url());
  });
  await page.goto(site.url + fragment);
  await page.locator('h1').waitFor();
  return page;
}

interface Look {
  readonly viewport: { readonly width: number; readonly height: number };
  readonly theme: 'light' | 'dark';
  readonly motion: 'reduce' | 'no-preference';
}

/** What the comparison shows, in the form of the expectations of a scenario. */
function shownResults(): Promise<unknown> {
  return page.locator('[data-rule]').evaluateAll((rows) =>
    Object.fromEntries(
      rows.map((row) => [
        row.getAttribute('data-rule'),
        {
          outcomes: [...row.querySelectorAll('[data-outcome]')].map((chip) =>
            chip.getAttribute('data-outcome'),
          ),
          verdict: row.getAttribute('data-verdict'),
        },
      ]),
    ),
  );
}

const sentence = () => page.getByRole('status').innerText();
const button = (name: string) => page.getByRole('button', { name, exact: true });

/** How far the page can be scrolled sideways. */
async function overflow(): Promise<number> {
  return page.evaluate(() => {
    scrollTo(10_000, 0);
    return scrollX;
  });
}

describe('the laboratory', () => {
  it('shows what is expected of every scenario under every rule', async () => {
    await open('');
    for (const { id, title, expect: expected } of SCENARIOS) {
      await page.goto(`${site.url}#scenario=${id}`);
      await page.getByRole('heading', { name: title, exact: true }).waitFor();
      expect({ id, shown: await shownResults() }).toEqual({ id, shown: expected });
    }
  });

  it('opens each scenario by the list, and the one before by the back button', async () => {
    await open('#scenario=two-tabs');
    await button('The answer is lost').click();
    await page.getByRole('heading', { name: 'The answer is lost' }).waitFor();
    expect(page.url()).toContain('scenario=lost-answer');
    await page.goBack();
    await page.getByRole('heading', { name: 'Two tabs at once' }).waitFor();
  });

  it('goes through a history with the keyboard, and tells each step', async () => {
    await open('#scenario=lost-answer&rule=single-use&step=0');
    expect(await sentence()).toContain('The user has signed in');
    await button('Next step').focus();
    await page.keyboard.press('Enter');
    expect(await sentence()).toContain('Tab A presents token 1. It is replaced by token 2.');
    for (let step = 2; step <= 5; step++) await page.keyboard.press('Enter');
    expect(await sentence()).toContain('The server takes this for theft');
    expect(page.url()).toContain('step=5');
    await page.getByText('Signed out: the browser').waitFor();
    await button('Step back').click();
    await page.getByText('User is signed in').waitFor();
  });

  it('plays a history to its end', async () => {
    await open('#scenario=two-tabs&step=0');
    await page.clock.install();
    await page.reload();
    await button('Play').click();
    for (let step = 1; step <= 7; step++) {
      await page.clock.runFor(1_800);
      await page.getByText(`${step} of 7`).waitFor();
    }
    await page.getByText('7 of 7').waitFor();
    await button('Play').waitFor();
  });

  it('draws the same step under another rule', async () => {
    await open('#scenario=thief-first');
    await button('One step behind').click();
    await page.getByText('Thief not noticed yet').waitFor();
    expect(page.url()).toContain('rule=one-step-behind');
    await page.getByLabel('Rule in the picture').selectOption('evergreen');
    await page.getByText('Thief is shut out').waitFor();
  });

  it('shows some rules alone, and all of them again', async () => {
    await open('#scenario=two-tabs&only=evergreen,single-use');
    expect(await page.locator('[data-rule]').count()).toBe(2);
    await button('Show all rules').click();
    expect(await page.locator('[data-rule]').count()).toBe(RULES.length);
  });

  it('lets people write a history, keeps it in the URL, and goes back to the scenario', async () => {
    await open('#scenario=lost-answer&rule=single-use');
    await button('Start empty').click();
    await page.getByLabel('does what').selectOption('refresh-lost');
    await button('Add step').click();
    await page.getByLabel('Time that passes').selectOption('86400');
    await button('Add time').click();
    await page.getByLabel('Who').selectOption('tabB');
    await page.getByLabel('does what').selectOption('refresh');
    await button('Add step').click();
    expect(page.url()).toContain('history=Al.w86400.Br');
    expect(await shownResults()).toMatchObject({
      'single-use': { outcomes: ['rotated', 'reused'], verdict: 'thrown-out' },
      evergreen: { outcomes: ['rotated', 'reissued'], verdict: 'kept' },
    });
    const shared = page.url();
    await page.goto('about:blank');
    await page.goto(shared);
    await page.getByRole('heading', { name: 'Your own history' }).waitFor();
    await button('Remove step 1: Tab A refreshes, the response is lost').click();
    expect(await shownResults()).toMatchObject({ 'single-use': { verdict: 'kept' } });
    await button('Back to the scenario').click();
    await page.getByRole('heading', { name: 'The answer is lost' }).waitFor();
  });

  it('adds a step after the one that is shown, and undoes the first change by the back button', async () => {
    await open('#scenario=lost-answer&rule=single-use&step=3');
    await page.getByRole('heading', { name: 'Add after step 3' }).waitFor();
    await button('Add step').click();
    expect(page.url()).toContain('history=Ar.w3600.Al.Ar.w3600.Ar.w3600.Ar&');
    await page.getByText('4 of 8').waitFor();
    expect(await sentence()).toContain('The server takes this for theft');
    await button('Remove step 1: Tab A refreshes').click();
    await page.getByText('3 of 7').waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'The answer is lost' }).waitFor();
    await page.getByText('3 of 7').waitFor();
  });

  it('offers each actor what it can do', async () => {
    await open('');
    await page.getByLabel('Who').selectOption('renderer');
    expect(await page.getByLabel('does what').locator('option').count()).toBe(1);
    await page.getByLabel('Who').selectOption('thief');
    await page.getByLabel('does what').selectOption('steal');
    await button('Add step').click();
    await page.getByText('Thief holds a token').waitFor();
  });

  it('leads through the tour from its first step to its last', async () => {
    await open('');
    await button('Take the tour, 5 minutes').click();
    for (const [index, { title, view }] of TOUR.entries()) {
      const heading = page.locator('.tour').getByRole('heading', { name: title });
      await heading.waitFor();
      expect(await heading.evaluate((node) => node === document.activeElement)).toBe(true);
      expect(page.url()).toContain(`scenario=${view.scenario}&rule=${view.rule}`);
      expect(page.url()).toContain(`tour=${index + 1}`);
      if (index < TOUR.length - 1) await button('Go on').click();
    }
    await button('Try it yourself').click();
    expect(page.url()).not.toContain('tour=');
    expect(await page.locator('.tour').count()).toBe(0);
  });

  it.each([
    ['a script', '#scenario=<img src=x onerror=alert(1)>'],
    ['names of properties', '#scenario=__proto__&rule=constructor&step=-1&tour=99'],
    ['steps that do not exist', '#history=Zz.w99999999999'],
    ['too many characters', `#${'a'.repeat(10_000)}`],
    ['half a character', '#%E0%A4%A'],
  ])('leaves out of a fragment, and says so: %s', async (_what, fragment) => {
    await open(fragment);
    expect(await page.getByRole('alert').innerText()).toContain('was left out');
    expect(await page.locator('main h2').first().innerText()).toBe('The answer is lost');
    expect(await page.locator('img').count()).toBe(0);
    await button('Step back').click();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('shows the whole of a history whose step is beyond its end', async () => {
    await open('#scenario=two-tabs&step=50');
    await page.getByText('7 of 7').waitFor();
  });

  it('loads no more than 60 kB, compressed', async () => {
    await open('');
    const files = await page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => name),
    );
    const bodies = await Promise.all(
      [site.url, ...files.filter((url) => url.startsWith(site.url))].map(
        async (url) => gzipSync(await (await fetch(url)).text()).length,
      ),
    );
    expect(bodies.length).toBeGreaterThan(2);
    expect(bodies.reduce((sum, size) => sum + size)).toBeLessThan(60_000);
  });

  it('keeps the theme that was chosen', async () => {
    await open('', { theme: 'light' });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.getByText('Dark', { exact: true }).click();
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.locator('h1').waitFor();
    expect(await ground()).toBe(dark);
  });

  it('moves nothing where people want less motion', async () => {
    await open('#scenario=thief-in-the-window', { motion: 'reduce' });
    const duration = await page
      .locator('.clock .left')
      .first()
      .evaluate((node) => Number.parseFloat(getComputedStyle(node).transitionDuration));
    expect(duration).toBeLessThan(0.001);
  });
});

describe.each([
  ['wide', WIDE],
  ['narrow', NARROW],
  ['narrowest', NARROWEST],
] as const)('the laboratory, %s', (_name, viewport) => {
  it.each(['light', 'dark'] as const)('is accessible in %s', async (theme) => {
    for (const fragment of [
      '#scenario=thief-first&step=9',
      '#scenario=two-tabs&rule=forking-grace&step=3&tour=4',
      '#scenario=thief-in-the-window&rule=evergreen-bound&only=evergreen',
      '#history=-&nothing=x&step=x',
    ]) {
      await page?.context().close();
      await open(fragment, { viewport, theme });
      expect({ fragment, found: await violations() }).toEqual({ fragment, found: [] });
    }
  });

  it('never scrolls sideways', async () => {
    await open('', { viewport });
    for (const { id } of SCENARIOS) {
      await page.goto(`${site.url}#scenario=${id}&rule=forking-grace`);
      expect({ id, overflow: await overflow() }).toEqual({ id, overflow: 0 });
    }
  });

  it('moves nothing by itself', async () => {
    await open('#scenario=thief-second', { viewport });
    const shift = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries() as (PerformanceEntry & Shift)[])
              if (!entry.hadRecentInput) sum += entry.value;
          }).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => resolve(sum), 300);
        }),
    );
    expect(shift).toBeLessThan(0.01);
  });
});

interface Shift {
  readonly value: number;
  readonly hadRecentInput: boolean;
}

/** What axe finds, each with the elements that it is about. */
async function violations(): Promise<string[]> {
  // DevTools evaluates it, which no Content-Security-Policy prevents.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: typeof run } };
    const { violations: found } = await axe.run();
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

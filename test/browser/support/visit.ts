import axe from 'axe-core';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';

/** How a page is looked at. */
export const WINDOWS = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
};
export type WindowName = keyof typeof WINDOWS;
export const WINDOW_NAMES = Object.keys(WINDOWS) as WindowName[];

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Rounding of positions is no shift that anybody sees. */
const MAX_LAYOUT_SHIFT = 0.01;

/** A page may hold a connection open, such as that of a stream of events. */
const QUIET_WITHIN_MS = 3000;

/** A page that is open, and what it should not have done. */
export interface Visit {
  readonly page: Page;
  /**
   * What is wrong with the page as it is now, in words; empty if nothing is. Violations of the
   * Content-Security-Policy, requests to other origins and errors of scripts are counted since it
   * was opened.
   */
  faults(): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens a page in a new tab, and waits until it shows its heading and loads nothing any more. */
export async function visit(
  browser: BrowserContext,
  url: string,
  window: WindowName,
  theme: Theme,
): Promise<Visit> {
  const page = await browser.newPage();
  const devTools = await browser.newCDPSession(page);
  const seen: string[] = [];
  await page.setViewportSize(WINDOWS[window]);
  // Colours would be judged in the middle of their change from one theme to the other.
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  await page.addInitScript(OBSERVE_SHIFTS);
  watch(page, new URL(url).origin, seen);
  await page.goto(url);
  await page.locator('h1').first().waitFor();
  await page.waitForLoadState('networkidle', { timeout: QUIET_WITHIN_MS }).catch(() => {});
  return {
    page,
    faults: async () => [
      ...seen,
      ...(await shiftFaults(devTools)),
      ...(await scrollFaults(devTools)),
      ...(await accessibilityFaults(devTools)),
    ],
    close: () => page.close(),
  };
}

function watch(page: Page, origin: string, seen: string[]): void {
  page.on('console', (message) => {
    if (/Content.Security.Policy|TrustedHTML|TrustedScript/i.test(message.text()))
      seen.push(`policy: ${message.text()}`);
  });
  page.on('pageerror', (error) => seen.push(`script: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url) && new URL(url).origin !== origin) seen.push(`request: ${url}`);
  });
}

/** As text, since the types of a page are no part of this compilation. */
const OBSERVE_SHIFTS = `
  globalThis.layoutShift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (!entry.hadRecentInput) globalThis.layoutShift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
`;

async function shiftFaults(devTools: CDPSession): Promise<string[]> {
  const shift = (await evaluate(devTools, 'globalThis.layoutShift')) as number;
  return shift > MAX_LAYOUT_SHIFT ? [`layout shift: ${shift.toFixed(3)}`] : [];
}

async function scrollFaults(devTools: CDPSession): Promise<string[]> {
  const expression = '[document.documentElement.scrollWidth, document.documentElement.clientWidth]';
  const [needed = 0, shown = 0] = (await evaluate(devTools, expression)) as number[];
  return needed > shown ? [`width: ${needed} px of ${shown}`] : [];
}

async function accessibilityFaults(devTools: CDPSession): Promise<string[]> {
  await evaluate(devTools, `if (!globalThis.axe) { ${axe.source} }; 0`);
  const violations = (await evaluate(
    devTools,
    'axe.run().then(({ violations }) => violations)',
  )) as axe.Result[];
  return violations.map(
    ({ id, nodes }) => `axe: ${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' · ')}`,
  );
}

/** By the developer tools, which no policy of the page restricts. */
async function evaluate(devTools: CDPSession, expression: string): Promise<unknown> {
  const { result, exceptionDetails } = await devTools.send('Runtime.evaluate', {
    expression,
    awaitPromise: true,
    returnByValue: true,
    allowUnsafeEvalBlockedByCSP: true,
  });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'failed');
  return result.value as unknown;
}

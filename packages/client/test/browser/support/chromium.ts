import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Timers of tabs that are not in front would take a second each.
  '--disable-background-timer-throttling',
  '--host-resolver-rules=MAP *.test 127.0.0.1',
  '--remote-debugging-port=0',
];

export interface Chromium {
  readonly tabs: BrowserContext;
  close(): Promise<void>;
}

/** Now and then one takes a connection at its start and never answers; the next one does. */
const ATTEMPTS = 3;
const ANSWER_WITHIN_MS = 15_000;

/**
 * Debian's Chromium with a profile of its own. Playwright is connected to it, rather than starts
 * it, since otherwise it tells every tab that it is the one in front, and such a tab is never
 * frozen.
 *
 * @param profile one that outlives it, for another start
 */
export async function startChromium(profile?: string): Promise<Chromium> {
  for (let attempt = 1; ; attempt++) {
    const { address, ended, discard } = await launch(profile);
    try {
      const browser = await chromium.connectOverCDP(address, {
        noDefaults: true,
        timeout: ANSWER_WITHIN_MS,
      });
      return {
        tabs: browser.contexts()[0]!,
        close: async () => {
          const devTools = await browser.newBrowserCDPSession();
          await devTools.send('Browser.close');
          await ended;
          discard();
        },
      };
    } catch (error) {
      discard();
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function launch(
  kept?: string,
): Promise<{ address: string; ended: Promise<unknown>; discard(): void }> {
  const profile = kept ?? mkdtempSync(join(tmpdir(), 'evergreen-browser-'));
  const child = spawn('/usr/bin/chromium', [...FLAGS, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const address = await new Promise<string>((resolve, reject) => {
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      const found = /listening on (ws:\S+)/.exec(log)?.[1];
      if (found) resolve(found);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`Chromium did not start:\n${log}`)));
  });
  const discard = () => {
    // A tab that hangs outlives its browser for a while.
    killGroup(child);
    if (!kept) rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  };
  return { address, ended, discard };
}

/** All but the first, without which the browser would end. */
export async function closeTabs(tabs: BrowserContext): Promise<void> {
  const [, ...others] = tabs.pages();
  await Promise.all(others.map((tab) => tab.close()));
}

function killGroup({ pid }: ChildProcess): void {
  try {
    process.kill(-pid!, 'SIGKILL');
  } catch {
    // All of its processes have ended.
  }
}

import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { Api, newEmail, PASSWORD } from '../../../test/support/api.js';
import { eventually } from '../../../test/support/eventually.js';
import { type MailboxEntry, mailboxOf } from '../../../test/support/mailbox.js';
import { startApp, type TestApp } from '../../../test/support/app.js';

/** The widths that every flow is tried at. */
export const DEVICES = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
} as const satisfies Record<string, BrowserContextOptions>;

export type DeviceKind = keyof typeof DEVICES;
export const DEVICE_KINDS = Object.keys(DEVICES) as DeviceKind[];

/** Who has an account on the server of a test. */
export interface Person {
  readonly email: string;
  readonly password: string;
}

/** A browser of its own: no cookie, storage or lock is shared with another one. */
export interface Device {
  readonly context: BrowserContext;
  /** Its first tab. */
  readonly page: Page;
  /** What is wrong in its tabs: errors, violations of the policy, requests to elsewhere. */
  readonly problems: string[];
}

/** A real server with the console, and a real browser. */
export interface ConsoleWorld {
  readonly app: TestApp;
  readonly url: string;
  /**
   * Opens a device, in English unless the options say otherwise. It is closed after the test, which
   * fails if there were problems in it.
   */
  openDevice(kind: DeviceKind, options?: BrowserContextOptions): Promise<Device>;
  /** Opens a device on which somebody is signed in, with the start page. */
  openSignedInDevice(kind: DeviceKind, person: Person): Promise<Device>;
  /** Registers somebody by the API. */
  signUp(person?: { email?: string; password?: string; first_name?: string }): Promise<Person>;
  /** The newest mail of a kind to an address; its link leads to this server. */
  newestMail(recipient: string, kind: string): Promise<Mail>;
}

/** Variables of a server. */
type Environment = Readonly<Record<string, string>>;

export interface Mail {
  readonly link: string;
  readonly code: string;
}

/**
 * A console for the tests of one file. The server runs in this process, in development, on a
 * database of its own; `app.clock` moves its time. `npm run build:development` must have run.
 *
 * @param environment further variables of the server, or what makes them; pages may go to the
 * provider in `OIDC_ISSUER`
 */
export function useConsole(
  environment: Environment | (() => Promise<Environment>) = {},
): ConsoleWorld {
  const world = {} as { -readonly [Key in keyof ConsoleWorld]: ConsoleWorld[Key] };
  const devices: Device[] = [];
  let browser: Browser | undefined;
  let places: string[] = [];
  beforeAll(async () => {
    const env = typeof environment === 'function' ? await environment() : environment;
    world.app = await startApp({ env });
    world.url = world.app.url;
    places = [world.url, ...(env.OIDC_ISSUER === undefined ? [] : [env.OIDC_ISSUER])];
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox'],
    });
  });
  afterEach(async () => {
    const opened = devices.splice(0);
    for (const { context } of opened) await context.close();
    expect(opened.flatMap(({ problems }) => problems)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await world.app?.close();
  });

  world.openDevice = async (kind, options) => {
    const context = await browser!.newContext({
      ...DEVICES[kind],
      locale: 'en-US',
      reducedMotion: 'reduce',
      ...options,
    });
    context.setDefaultTimeout(10_000);
    const problems = await collectProblems(context, places);
    const page = await context.newPage();
    const device = { context, page, problems };
    devices.push(device);
    return device;
  };
  world.openSignedInDevice = async (kind, person) => {
    const device = await world.openDevice(kind);
    await device.page.goto(`${world.url}/sign-in`);
    await signIn(device.page, person);
    return device;
  };
  world.signUp = async (person = {}) => {
    const wanted = { email: newEmail(), password: PASSWORD, ...person };
    await new Api(world.url).register(wanted);
    return { email: wanted.email, password: wanted.password };
  };
  world.newestMail = async (recipient, kind) => {
    let mail: MailboxEntry | undefined;
    await eventually(async () => {
      const mails = await mailboxOf(world.url);
      mail = mails.find((one) => one.recipient === recipient && one.kind === kind);
      return mail !== undefined;
    });
    const { pathname, hash } = new URL(mail!.link!);
    return { link: world.url + pathname + hash, code: mail!.code! };
  };
  return world;
}

/** Presses a button of the page's content. */
export async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('main').getByRole('button', { name, exact: true }).click();
}

/** Waits for the heading of a page. */
export async function heading(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
}

/** Fills in the form to sign in that is on the page, and waits until it is gone. */
export async function signIn(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await press(page, 'Sign in');
  await page.locator('[name=password]').waitFor({ state: 'detached' });
}

async function collectProblems(
  context: BrowserContext,
  places: readonly string[],
): Promise<string[]> {
  const problems: string[] = [];
  context.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    // The API may refuse, and the network may be away: the page says so.
    if (message.text().startsWith('Failed to load resource') && isOfApi(message.location().url))
      return;
    problems.push(`${message.type()}: ${message.text()}`);
  });
  context.on('weberror', (error) => problems.push(`thrown: ${error.error().stack}`));
  context.on('request', (request) => {
    if (!places.some((place) => request.url().startsWith(place)))
      problems.push(`request to elsewhere: ${request.url()}`);
  });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`policy: ${violatedDirective} ${blockedURI}`),
    );
  });
  return problems;
}

function isOfApi(url: string): boolean {
  return new URL(url).pathname.startsWith('/api/');
}

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  type Chromium,
  closeTabs,
  startChromium,
} from '../../packages/client/test/browser/support/chromium.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { type ServerProcess, serverEnvironment, startServer } from '../support/server-process.js';
import { signIn } from './support/sign-in.js';
import { THEMES, visit, WINDOW_NAMES } from './support/visit.js';

/** A page that is added to the console is checked by itself. */
const OF_CONSOLE = Object.values(
  JSON.parse(readFileSync('console/pages.json', 'utf8')) as Record<string, string>,
);

/** Named on the pages, and never asked. */
const LOGIN_PROVIDER = {
  OIDC_ISSUER: 'https://login.example.com',
  OIDC_CLIENT_ID: 'evergreen',
  OIDC_CLIENT_SECRET: 'of-the-tests',
};

const ENVIRONMENTS = [
  { name: 'production', pages: [...OF_CONSOLE, '/docs'] },
  { name: 'development', pages: ['/', '/lab/', '/docs', '/mailbox'] },
];

describe.each(ENVIRONMENTS)('each page in $name', ({ name, pages }) => {
  let chromium: Chromium;
  let database: TestDatabase;
  let server: ServerProcess;

  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer({
      ...serverEnvironment(database.url),
      NODE_ENV: name,
      CONSOLE_ENABLED: 'true',
      ADMIN_TOKEN: randomBytes(32).toString('hex'),
      ...LOGIN_PROVIDER,
    });
    chromium = await startChromium();
    await signIn(chromium.tabs, originOf('signed-in'));
  });
  afterEach(() => closeTabs(chromium.tabs));
  afterAll(async () => {
    await chromium?.close();
    await server?.stop();
    await database?.drop();
  });

  /** Browsers take all below `localhost` for the machine itself, and keep their cookies apart. */
  const originOf = (who: string) => server.url.replace('127.0.0.1', `${who}.localhost`);

  const visits = pages.flatMap((path) =>
    ['signed-in', 'signed-out'].flatMap((who) =>
      WINDOW_NAMES.map((window) => ({ path, who, window })),
    ),
  );

  it.each(visits)(
    '$path, $who, on a $window: accessible in both themes, and nothing inline, from elsewhere, shifted or too wide',
    async ({ path, who, window }) => {
      const { page, faults } = await visit(chromium.tabs, originOf(who) + path, window, 'light');
      for (const theme of THEMES) {
        await page.emulateMedia({ colorScheme: theme });
        expect({ theme, faults: await faults() }).toEqual({ theme, faults: [] });
      }
    },
  );
});

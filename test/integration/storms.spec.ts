import { Api, claimsOf, outcomeOf, PASSWORD, refreshTokenOf } from '../support/api.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { serverEnvironment, startServer, type ServerProcess } from '../support/server-process.js';

const CALLERS = 64;

describe('two server processes on one database', () => {
  let database: TestDatabase;
  let servers: ServerProcess[];

  beforeAll(async () => {
    database = await createDatabase();
    servers = await Promise.all([0, 1].map(() => startServer(serverEnvironment(database.url))));
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
  });

  const urlOf = (caller: number) => (servers[caller % servers.length] as ServerProcess).url;
  const tally = (outcomes: string[]) =>
    Object.fromEntries(
      [...new Set(outcomes)]
        .sort()
        .map((one) => [one, outcomes.filter((other) => other === one).length]),
    );

  it('64 callers of one client with one token: one rotation, 63 replays of the same place, and any of them goes on', async () => {
    const browser = new Api(urlOf(0));
    const token = refreshTokenOf(await browser.register());
    const responses = await Promise.all(
      Array.from({ length: CALLERS }, (_, caller) => browser.at(urlOf(caller)).refresh(token)),
    );

    expect(tally(responses.map(outcomeOf))).toEqual({ replayed: CALLERS - 1, rotated: 1 });
    const places = responses
      .map(({ body }) => claimsOf(refreshTokenOf(body)))
      .map(({ gen, key, parent, exp }) => JSON.stringify([gen, key, parent, exp]));
    expect(new Set(places).size).toBe(1);
    const last = responses.at(-1);
    expect(last && outcomeOf(await browser.at(urlOf(1)).refresh(refreshTokenOf(last.body)))).toBe(
      'rotated',
    );
  });

  it('64 clients with one token: a place of its own for each, and only the first one used survives', async () => {
    const browser = new Api(urlOf(0));
    const token = refreshTokenOf(await browser.register());
    const clients = Array.from({ length: CALLERS }, (_, caller) => new Api(urlOf(caller)));
    const responses = await Promise.all(clients.map((client) => client.refresh(token)));

    expect(tally(responses.map(outcomeOf))).toEqual({ reissued: CALLERS - 1, rotated: 1 });
    const keys = responses.map(({ body }) => claimsOf(refreshTokenOf(body)).key as number);
    expect(keys.sort((a, b) => a - b)).toEqual(
      Array.from({ length: CALLERS }, (_, index) => index + 1),
    );

    const uses = await Promise.all(
      responses.map(({ body }, caller) => (clients[caller] as Api).refresh(refreshTokenOf(body))),
    );
    expect(tally(uses.map(outcomeOf))).toEqual({
      refresh_reuse_detected: 1,
      rotated: 1,
      session_revoked: CALLERS - 2,
    });
  });

  it('logout racing refresh, 100 rounds: whichever comes first, nothing survives the logout', async () => {
    for (let round = 0; round < 100; round++) {
      const browser = new Api(urlOf(round));
      const signedIn = await browser.register();
      const token = refreshTokenOf(signedIn);
      const [refreshed] = await Promise.all([
        browser.at(urlOf(round)).refresh(token),
        browser.at(urlOf(round + 1)).logout(round % 3 === 0 ? token : signedIn.access_token),
        browser.at(urlOf(round + 1)).refresh(token),
      ]);
      const tokens = refreshed.status === 200 ? refreshed.body : signedIn;
      expect((await browser.refresh(refreshTokenOf(tokens))).body.code).toBe('session_revoked');
      await eventually(
        async () =>
          (await browser.at(urlOf(round + 1)).me(tokens.access_token)).body.code ===
          'session_revoked',
      );
    }
  });

  it('login racing a change of password, 40 rounds: no session of the old password is left', async () => {
    for (let round = 0; round < 40; round++) {
      const browser = new Api(urlOf(round));
      const mine = await browser.register();
      const [change, ...logins] = await Promise.all([
        browser
          .at(urlOf(round + 1))
          .changePassword(mine.access_token, PASSWORD, 'copper-Meadow-58-anchor'),
        browser.login(mine.email),
        browser.at(urlOf(round + 1)).login(mine.email),
      ]);
      expect(change.status).toBe(200);
      for (const login of logins) {
        if (login.status === 200)
          await eventually(
            async () => (await browser.me(login.body.access_token)).body.code === 'session_revoked',
          );
        else expect(login.body.code).toBe('invalid_credentials');
      }
      expect((await browser.refresh(refreshTokenOf(change.body))).status).toBe(200);
    }
  });

  it('crash between commit and answer: a process is killed again and again in the middle of traffic, and every client goes on at the other', async () => {
    const clients = await Promise.all(
      Array.from({ length: 16 }, async () => {
        const api = new Api(urlOf(1));
        return { api, token: refreshTokenOf(await api.register()) };
      }),
    );
    for (let kill = 0; kill < 6; kill++) {
      const doomed = await startServer(serverEnvironment(database.url));
      const inFlight = Promise.all(
        clients.map(async (client) => {
          for (;;) {
            const response = await client.api
              .at(doomed.url)
              .refresh(client.token)
              .catch(() => undefined);
            if (!response) return;
            client.token = refreshTokenOf(response.body);
          }
        }),
      );
      inFlight.catch(() => undefined);
      await new Promise((later) => setTimeout(later, 100 + 40 * kill));
      await doomed.stop('SIGKILL');
      await inFlight;

      for (const client of clients) {
        const response = await client.api.refresh(client.token);
        expect(['rotated', 'replayed', 'reissued']).toContain(outcomeOf(response));
        client.token = refreshTokenOf(response.body);
      }
    }
  });
});

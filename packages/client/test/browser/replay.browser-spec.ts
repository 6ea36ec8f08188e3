import { heldUp, refusing, reset } from './support/faults.js';
import type { Tab } from './support/tab.js';
import { type Site, useWorld } from './support/world.js';

const REFRESH = '/api/auth/refresh';
const ECHO = '/api/echo';
const POST = { method: 'POST', body: 'to-be' };

describe('a request whose token is refused', () => {
  const world = useWorld({ ROTATION_POLICY: 'strict' });

  it('is one of 100 that wait for one refresh, and all are answered', async () => {
    const { site, tab } = await openRefused();
    const answers = await tab.page.evaluate(
      async (path) =>
        Promise.all(
          Array.from({ length: 100 }, (_, index) =>
            request(path, { method: 'POST', body: String(index) }),
          ),
        ),
      ECHO,
    );
    expect(answers).toEqual(Array(100).fill(200));
    expect(site.traffic.outcomes).toEqual(['rotated']);
    expect(site.traffic.echoed.map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, index) => index),
    );
  });

  it('costs no refresh where its token was replaced while it was on its way', async () => {
    const { site, tab, token } = await openSignedIn();
    const door = heldUp(refusing(token));
    site.traffic.fault(ECHO, door.fault);
    const answer = tab.request(ECHO, POST);
    await door.reached;
    await tab.refresh();
    door.letGo();
    expect(await answer).toBe(200);
    expect(site.traffic.echoed).toEqual(['to-be']);
    expect(site.traffic.outcomes).toEqual(['rotated']);
  });

  it.each(['text', 'URLSearchParams', 'bytes', 'a Blob', 'FormData', 'a Request'])(
    'is sent again, once and whole, with %s',
    async (kind) => {
      const { site, tab } = await openRefused();
      const answer = await tab.page.evaluate(
        async ([path, wanted]) => {
          const form = new FormData();
          form.set('q', 'to-be');
          const bodies: Record<string, BodyInit> = {
            text: 'to-be',
            URLSearchParams: new URLSearchParams({ q: 'to-be' }),
            bytes: new TextEncoder().encode('to-be'),
            'a Blob': new Blob(['to-be']),
            FormData: form,
          };
          if (wanted in bodies) return request(path, { method: 'POST', body: bodies[wanted]! });
          return client
            .fetch(new Request(path, { method: 'POST', body: form }))
            .then(({ status }) => status);
        },
        [ECHO, kind] as const,
      );
      expect(answer).toBe(200);
      expect(site.traffic.echoed).toEqual([expect.stringContaining('to-be')]);
      expect(await tab.sent(ECHO)).toBe(2);
    },
  );

  it('rejects where its body was a stream, and the session is kept', async () => {
    const { site, tab } = await openRefused();
    const answer = await tab.page.evaluate(
      async (path) =>
        request(path, {
          method: 'POST',
          body: new Blob(['to-be']).stream(),
          duplex: 'half',
        } as RequestInit),
      ECHO,
    );
    expect(answer).toBe('replay_impossible');
    expect(site.traffic.echoed).toEqual([]);
    expect(await tab.sent(ECHO)).toBe(1);
    expect(await tab.request(ECHO)).toBe(200);
  });

  it('is answered by the refusal where the next token is refused, too', async () => {
    const { site, tab } = await openRefused();
    site.traffic.heal();
    site.traffic.fault(ECHO, async ({ request, ...exchange }) => {
      const token = request.headers.authorization!.slice('Bearer '.length);
      await refusing(token)({ request, ...exchange });
    });
    expect(await tab.request(ECHO, POST)).toBe(401);
    expect(await tab.sent(ECHO)).toBe(2);
    expect(site.traffic.outcomes).toEqual(['rotated']);
    expect(await tab.snapshot()).toMatchObject({ status: 'authenticated' });
  });

  it.each(['POST', 'PATCH'])(
    'but not one of method %s that got no answer, which is never sent again',
    async (method) => {
      const { site, tab } = await openSignedIn();
      site.traffic.fault(ECHO, reset);
      expect(await tab.request(ECHO, { method, body: 'to-be' })).toBe('TypeError');
      expect(await tab.sent(ECHO)).toBe(1);
      expect(site.traffic.outcomes).toEqual([]);
    },
  );

  it('is not sent again once it is aborted, and others go on', async () => {
    const { site, tab } = await openRefused();
    const door = heldUp();
    site.traffic.fault(REFRESH, door.fault, 1);
    const answers = tab.page.evaluate(async (path) => {
      globalThis.abort = new AbortController();
      return Promise.all([
        request(path, { method: 'POST', body: 'aborted', signal: abort.signal }),
        request(path, { method: 'POST', body: 'to-be' }),
      ]);
    }, ECHO);
    await door.reached;
    await tab.page.evaluate(() => abort.abort());
    door.letGo();
    expect(await answers).toEqual(['AbortError', 200]);
    expect(site.traffic.echoed).toEqual(['to-be']);
    expect(site.traffic.outcomes).toEqual(['rotated']);
  });

  it('waits no longer than it wants to, and others go on', async () => {
    const { site, tab } = await openRefused();
    const door = heldUp();
    site.traffic.fault(REFRESH, door.fault, 1);
    const patient = tab.request(ECHO, POST);
    expect(await tab.request(ECHO, { method: 'POST', body: 'impatient', timeoutMs: 100 })).toBe(
      'timeout',
    );
    door.letGo();
    expect(await patient).toBe(200);
    expect(site.traffic.echoed).toEqual(['to-be']);
  });

  /** A tab that has had its token for a while. */
  async function openSignedIn(): Promise<{ site: Site; tab: Tab; token: string }> {
    const site = world.newSite();
    const tab = await site.openSignedInTab();
    await site.setClocks(60_000);
    return { site, tab, token: await tab.token() };
  }

  async function openRefused(): Promise<{ site: Site; tab: Tab }> {
    const { site, tab, token } = await openSignedIn();
    site.traffic.fault(ECHO, refusing(token));
    return { site, tab };
  }
});

declare global {
  var abort: AbortController;
}

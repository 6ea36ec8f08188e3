import { Api, call } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { entriesOf, listen } from '../support/feed.js';

const ORDERS = '3f9a1c5e7b2d4806a9c8e1f35d7b0246';
const BILLING = 'e4b0c1f29a7d4e86b3f5a1907c2d8e64';
const env = { SERVICE_TOKENS: `orders:${ORDERS},billing:${BILLING}` };

describe('GET /api/feed/revocations', () => {
  let app: TestApp;
  let api: Api;

  beforeEach(async () => {
    app = await startApp({ env });
    api = new Api(app.url);
    await eventually(async () => (await call('GET', `${app.url}/health/ready`)).status === 200);
  });
  afterEach(() => app.close());

  it('sends a snapshot, then proofs, then each ending at once', async () => {
    const before = await api.register();
    await api.logout(before.access_token);
    const listener = await listen(app.url, ORDERS);
    expect(listener.response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    await listener.complete();
    expect(listener.events.map(({ event }) => event)).toEqual(['snapshot', 'proof']);
    expect(entriesOf(listener.events)).toEqual([
      { id: before.session_id, lowest: null, expires_in: expect.any(Number) },
    ]);

    const session = await api.register();
    await api.logout(session.access_token);
    await eventually(() => listener.lowest.get(session.session_id) === null);
    await eventually(() => listener.events.filter(({ event }) => event === 'proof').length > 2);
    for (const { id } of listener.events) expect(id).toMatch(/^[\dA-F]{8}[\da-f]+\.\d+:\d+:/);
  });
});

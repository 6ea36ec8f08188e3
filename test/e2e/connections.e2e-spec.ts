import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { call } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { describeOfWholeServer } from '../support/mounted.js';
import { eventually } from '../support/eventually.js';

/** The largest response that needs no token: the script of the page at /docs. */
const LARGE_FILE = `/docs/${readdirSync('dist/reference').find((name) => /^swagger-ui-bundle.*[.]js$/.test(name))}`;

describeOfWholeServer('a connection of the whole server', () => {
  let app: TestApp;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(async () => {
    sockets.splice(0).forEach((socket) => socket.destroy());
    await app.close();
  });

  const open = async (): Promise<Socket> => {
    const { port } = new URL(app.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  const requests = (count: number, path: string) =>
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(count);
  const openConnections = () =>
    new Promise<number>((resolve) =>
      app.nest.getHttpServer().getConnections((_error, count) => resolve(count)),
    );

  it('answers requests that are sent together, in order', async () => {
    const socket = await open();
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    for (let round = 1; round <= 3; round++) {
      socket.write(requests(32, '/health/live') + requests(1, '/health/none'));
      await eventually(() => text.split('HTTP/1.1 404').length === round + 1);
      expect(text.split('HTTP/1.1 200')).toHaveLength(32 * round + 1);
    }
  });

  it('is cut where it sends more than may wait, and what came beyond is never begun', async () => {
    const socket = await open();
    socket.resume();
    socket.write(requests(1500, '/health/live'));
    await new Promise((closed) => socket.once('close', closed));
    const { text } = await call('GET', `${app.url}/metrics`);
    const begun = /route="\/health\/live",status="200"} (\d+)/.exec(
      text.split('\n').find((line) => line.includes('_count{') && line.includes('live')) ?? '',
    )?.[1];
    expect(Number(begun ?? 0)).toBeLessThanOrEqual(33);
  });

  it.each(['/openapi.json', LARGE_FILE, '/metrics'])(
    'costs no more memory for answers of %s that it does not read',
    async (path) => {
      await call('GET', `${app.url}/health/live`);
      const before = memoryMb();
      const opened = await Promise.all(Array.from({ length: 8 }, open));
      for (const socket of opened) socket.pause().write(requests(1500, path));
      await call('GET', `${app.url}/health/live`);
      await eventually(async () => (await openConnections()) <= 2);
      expect(memoryMb() - before).toBeLessThan(100);
    },
  );

  it('is closed where nothing of its answers is read for 20 seconds, while others are served', async () => {
    const statusOfAnother = async () => (await call('GET', `${app.url}/health/live`)).status;
    expect(await statusOfAnother()).toBe(200);
    const idle = await open();
    idle.resume().write(requests(1, '/health/live'));
    const unread = await open();
    unread.pause().write(requests(30, LARGE_FILE));
    await eventually(async () => (await openConnections()) === 3);
    await eventually(
      async () => {
        app.clock.advance({ seconds: 5 });
        expect(await statusOfAnother()).toBe(200);
        return (await openConnections()) === 2;
      },
      { everyMs: 500 },
    );
    expect(idle.destroyed).toBe(false);
  });

  it('stays open for a client that reads slowly', async () => {
    const slow = await open();
    let bytes = 0;
    slow.on('data', (chunk: Buffer) => (bytes += chunk.length));
    slow.pause().write(requests(30, LARGE_FILE));
    // Each time more than what the two kernels may hold, so that some of it has got through.
    for (let look = 1; look <= 3; look++) {
      slow.resume();
      await eventually(() => bytes > look * 12_000_000);
      slow.pause();
      app.clock.advance({ seconds: 15 });
      await pause(2100);
    }
    slow.resume();
    await eventually(() => bytes > 30 * 1_500_000);
  });
});

function memoryMb(): number {
  const { rss } = process.memoryUsage();
  return rss / 1_000_000;
}

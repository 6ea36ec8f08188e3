import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { eventually } from '../../../../test/support/eventually.js';
import { CREDENTIALS, useWorld } from './support.js';
import { connect } from './web-socket.js';

describe('connect', () => {
  const world = useWorld();
  const { WebSocket: ofNode } = globalThis;
  const messages: unknown[] = [];
  let sockets: WebSocketServer;
  let url: string;
  /** The token of each connection. */
  let tokens: string[];
  let disconnect = () => {};

  beforeEach(async () => {
    // Node 20 has none.
    Object.assign(globalThis, { WebSocket });
    [tokens, disconnect] = [[], () => {}];
    messages.length = 0;
    sockets = new WebSocketServer({ port: 0, handleProtocols: () => 'messages' });
    sockets.on('connection', (socket, { headers }) => {
      tokens.push(/bearer\.(\S+)/.exec(headers['sec-websocket-protocol']!)![1]!);
      void greet(tokens.at(-1)!).then((text) => socket.send(text));
    });
    await new Promise((listening) => sockets.once('listening', listening));
    url = `ws://127.0.0.1:${(sockets.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    disconnect();
    sockets.clients.forEach((socket) => socket.terminate());
    await new Promise((closed) => sockets.close(closed));
    Object.assign(globalThis, { WebSocket: ofNode });
  });

  const begin = () => (disconnect = connect(world.client, url, (data) => void messages.push(data)));
  const open = () => [...sockets.clients].filter(({ readyState }) => readyState === 1).length;

  /** What an application's server does with the token. */
  async function greet(token: string): Promise<string> {
    const headers = { Authorization: `Bearer ${token}` };
    const verdict = await world.server.fetch(`${world.server.url}/api/auth/verify`, { headers });
    return verdict.ok ? 'welcome' : 'go away';
  }

  it('opens with a good token, and with a new one after its token has expired', async () => {
    const { client } = world;
    await client.login(CREDENTIALS);
    begin();
    await eventually(() => messages.length === 1);
    const next = await client.refreshToken();
    sockets.clients.forEach((socket) => socket.close(4401, 'token_expired'));
    await eventually(() => messages.length === 2);
    expect(messages).toEqual(['welcome', 'welcome']);
    expect(tokens).toEqual([expect.not.stringContaining(next), next]);
  });

  it('is closed while nobody is signed in', async () => {
    const { client } = world;
    begin();
    await client.login(CREDENTIALS);
    await eventually(() => messages.length === 1);
    await client.logout();
    await eventually(() => open() === 0);
    await client.login(CREDENTIALS);
    await eventually(() => messages.length === 2);
    expect(open()).toBe(1);
  });

  it('opens nothing after it was closed for good', async () => {
    await world.client.login(CREDENTIALS);
    begin();
    disconnect();
    await world.client.refreshToken();
    await world.client.logout();
    await world.client.login(CREDENTIALS);
    await world.clock.settle();
    expect(tokens).toEqual([]);
  });
});

/**
 * Renders the page as a server does: prints its HTML, and what of the world the client has touched
 * for it.
 */
import { Writable } from 'node:stream';
import { renderToPipeableStream } from 'react-dom/server';
import { createAuthClient, type Snapshot } from '../../../src/core/index.js';
import { App } from './app.js';

const touched: string[] = [];
const touch = (what: string) => {
  touched.push(what);
  throw new Error(`touched: ${what}`);
};

const client = createAuthClient({
  fetch: () => touch('network'),
  storage: { read: () => touch('storage'), write: () => touch('storage') },
  clock: {
    now: () => touch('clock'),
    monotonic: () => touch('clock'),
    setTimer: () => touch('timers'),
  },
});
const { initialSession } = JSON.parse(process.argv[2] ?? '{}') as { initialSession?: Snapshot };

let html = '';
const page = new Writable({
  write(chunk: Buffer, _encoding, done) {
    html += chunk.toString();
    done();
  },
});
page.on('finish', () => process.stdout.write(JSON.stringify({ html, touched })));
const rendering = renderToPipeableStream(<App client={client} initialSession={initialSession} />, {
  onAllReady: () => rendering.pipe(page),
});

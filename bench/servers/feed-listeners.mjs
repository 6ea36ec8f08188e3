// Listeners of the feed of one instance, in a process of their own, so that they do not disturb what
// is measured. Started by bench/world/feed-listeners.mjs.
import { get } from 'node:http';

const [url, token, count, mode] = process.argv.slice(2);

/** By the id of a session: how many listeners have received its ending. */
const received = new Map();
let ready = 0;

listen();
process.on('disconnect', () => process.exit());

function listen() {
  const headers = { authorization: `Bearer ${token}` };
  get(`${url}/api/feed/revocations`, { headers, agent: false }, (response) => {
    if (response.statusCode !== 200) throw new Error(`The feed responds ${response.statusCode}.`);
    response.setEncoding('utf8');
    response.on('close', () => process.send({ closed: true }));
    let rest = '';
    response.on('data', function read(text) {
      const events = (rest + text).split('\n\n');
      rest = events.pop();
      for (const event of events) {
        if (event.startsWith('event: revoked')) note(/"id":"([^"]+)"/.exec(event)[1]);
        if (!event.startsWith('event: proof') || response.isReady) continue;
        response.isReady = true;
        // One after the other: a thousand at once would leave more garbage than they need memory.
        if (++ready < Number(count)) listen();
        else process.send({ ready: true });
        if (mode !== 'drain') continue;
        response.off('data', read);
        response.resume();
      }
    });
  });
}

function note(id) {
  const times = (received.get(id) ?? 0) + 1;
  received.set(id, times);
  if (times < Number(count)) return;
  received.delete(id);
  process.send({ id, atMs: nowMs() });
}

/** All processes of a machine read the same monotonic clock. */
function nowMs() {
  return Number(process.hrtime.bigint()) / 1e6;
}

// Loaded into a server process before anything else. It changes the system clock (`Date`) by the
// milliseconds in a file, which is read at the start and at each SIGUSR2. The monotonic clock does
// not change, as when an operator or a time server sets a machine's clock.
import { readFileSync } from 'node:fs';

const RealDate = Date;
const byMs = () => Number(readFileSync(process.env.TEST_WRONG_DATE_FILE, 'utf8'));
let wrongByMs = byMs();

const now = () => RealDate.now() + wrongByMs;
globalThis.Date = new Proxy(RealDate, {
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  apply: () => new RealDate(now()).toString(),
  construct: (target, values, newTarget) =>
    Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget),
});

process.on('SIGUSR2', () => {
  wrongByMs = byMs();
  console.error(`The calendar is wrong by ${wrongByMs} ms now.`);
});

// Loaded into a server process before anything else: its calendar is wrong by as many milliseconds
// as a file says. The file is read at the start, and again at each SIGUSR2. The monotonic clock goes
// on, as it does where an operator or a time server sets a machine's calendar.
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

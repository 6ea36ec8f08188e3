// How many passwords bcrypt compares a second at cost 12, as many at once as Evergreen does.
import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { hashesAtOnce } from '../../dist/users/hash-queue.js';

const THREADS_OF_LIBUV = 4;
const count = Number(process.argv[2]);
const hash = await bcrypt.hash('violet-Harbor-73-lantern', 12);
const begin = performance.now();
let begun = 0;

async function compare() {
  while (begun++ < count) await bcrypt.compare('violet-Harbor-73-lantern', hash);
}

await Promise.all(
  Array.from({ length: hashesAtOnce(THREADS_OF_LIBUV, availableParallelism()) }, compare),
);
console.log((count * 1000) / (performance.now() - begin));

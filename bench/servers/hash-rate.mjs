// How many passwords bcrypt compares a second at cost 12, in as many threads as Evergreen lets it have: all of the pool but one.
import bcrypt from 'bcrypt';

const THREADS = 3;
const seconds = Number(process.argv[2]);
const hash = await bcrypt.hash('violet-Harbor-73-lantern', 12);
const begin = performance.now();
let count = 0;

async function compare() {
  while (performance.now() - begin < seconds * 1000) {
    await bcrypt.compare('violet-Harbor-73-lantern', hash);
    count += 1;
  }
}

await Promise.all(Array.from({ length: THREADS }, compare));
console.log(count / ((performance.now() - begin) / 1000));

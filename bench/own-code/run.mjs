// npm run bench:own-code: our own code against the libraries that do the same; see
// docs/decisions/own-code.md.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

for (const part of ['counters', 'log', 'signature', 'headers']) {
  console.log(`\n${part}\n`);
  const script = join(import.meta.dirname, `${part}.mjs`);
  execFileSync(process.execPath, ['--expose-gc', script], { stdio: 'inherit' });
}

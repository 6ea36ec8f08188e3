import { existsSync } from 'node:fs';
import { cruise, format } from 'dependency-cruiser';
import extractRules from 'dependency-cruiser/config-utl/extract-depcruise-config';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

/**
 * Checks the sources below the current folder by its .dependency-cruiser.cjs; `--json` prints the
 * result for programs.
 *
 * dependency-cruiser skips what it cannot read and is content with the rest: by a TypeScript that
 * it does not know it finds no module at all, and no fault. So a tree of which no module was read
 * is a failure, too.
 */
const trees = [
  'src',
  'console/src',
  'docs/lab/src',
  'docs/reference/src',
  'packages/client/src',
  'packages/dev-postgres/src',
  'packages/protocol/src',
  'packages/resource/src',
].filter((tree) => tree === 'src' || existsSync(tree));

const ruleSet = await extractRules('./.dependency-cruiser.cjs');
const { output: result } = await cruise(
  trees,
  { ruleSet, validate: true },
  {},
  { tsConfig: extractTsConfig('./tsconfig.json') },
);
const unread = trees.filter(
  (tree) => !result.modules.some(({ source }) => source.startsWith(`${tree}/`)),
);

const report = await format(result, {
  outputType: process.argv.includes('--json') ? 'json' : 'err-long',
});
console.log(report.output);
for (const tree of unread) console.error(`dependency-cruiser has read no module of ${tree}/.`);
process.exitCode = result.summary.error > 0 || unread.length > 0 ? 1 : 0;

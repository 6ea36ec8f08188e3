import Sequencer from '@jest/test-sequencer';

/**
 * Minutes of computing: begun last, they would leave one processor idle, and run in a process that
 * all files before them have filled.
 */
const LONGEST = /weeks-\d+-to-\d+[.]spec[.]ts$|expiry-storms[.]browser-spec[.]ts$/;

/** Jest's own order, largest files first, behind those that are known to take longest. */
export default class LongestFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    return [...sorted.filter(isLongest), ...sorted.filter((test) => !isLongest(test))];
  }
}

function isLongest({ path }) {
  return LONGEST.test(path);
}

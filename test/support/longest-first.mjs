import Sequencer from '@jest/test-sequencer';

/**
 * Files that take minutes. If they began last, one processor would be idle, and they would run in a
 * process whose memory earlier files have filled.
 */
const LONGEST = /weeks-\d+-to-\d+[.]spec[.]ts$|expiry-storms[.]browser-spec[.]ts$/;

/** The files that are known to take longest, then Jest's own order, largest files first. */
export default class LongestFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    return [...sorted.filter(isLongest), ...sorted.filter((test) => !isLongest(test))];
  }
}

function isLongest({ path }) {
  return LONGEST.test(path);
}

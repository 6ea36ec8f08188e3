import { provenAtMs } from './proof.js';

describe('provenAtMs', () => {
  it.each([
    ['one that comes at once', { sent_ms: 200, age_ms: 5 }, 1000, 1250, 1195],
    ['one that was held up for a minute', { sent_ms: 200, age_ms: 5 }, 1000, 61_250, 1195],
    ['one of a sender whose clock is fast', { sent_ms: 9000, age_ms: 5 }, 1000, 1250, 1245],
    ['one of a sender that knows nothing new', { sent_ms: 200, age_ms: 9000 }, 1000, 1250, -7800],
  ])('of %s', (_, proof, requestSentAtMs, receivedAtMs, expected) => {
    expect(provenAtMs(proof, { requestSentAtMs, receivedAtMs })).toBe(expected);
  });
});

import { eventText, toFeedRevocation } from './feed-events.js';

describe('eventText', () => {
  it('is three lines and an empty one', () => {
    expect(eventText('snapshot', '1.2:3:', { entries: [], is_last: true })).toBe(
      'event: snapshot\nid: 1.2:3:\ndata: {"entries":[],"is_last":true}\n\n',
    );
  });

  it('has an empty id where there is no mark, so that the listener begins anew', () => {
    const proof = { state: 'stale', age_ms: 5000, sent_ms: 1 } as const;
    expect(eventText('proof', '', proof)).toContain('\nid: \n');
  });
});

describe('toFeedRevocation', () => {
  it.each([
    [-1, 0],
    [0, 0],
    [1, 1],
    [1000, 1],
    [1001, 2],
  ])('rounds the time up: %d ms are %d s', (expiresInMs, expires_in) => {
    expect(toFeedRevocation({ id: 'a', lowestEpoch: 3, expiresInMs })).toEqual({
      id: 'a',
      lowest: 3,
      expires_in,
    });
  });
});

import { readFeedEvent } from './feed-event.js';

describe('readFeedEvent', () => {
  const read = (name: string, data: object) =>
    readFeedEvent({ name, data: JSON.stringify(data), id: 'mark' });
  const entry = { id: 'a', lowest: null, expires_in: 5 };

  it('reads the events of the protocol', () => {
    const page = { entries: [entry], is_last: true };
    expect(read('snapshot', page)).toEqual({ kind: 'snapshot', mark: 'mark', page });
    expect(read('revoked', entry)).toEqual({ kind: 'revoked', mark: 'mark', entry });
    const proof = { state: 'stale', age_ms: 0, sent_ms: 0.5 };
    expect(read('proof', proof)).toEqual({ kind: 'proof', mark: 'mark', proof });
  });

  it.each(['ä', 'a b', 'x'.repeat(4097)])('takes no mark that no header may have: %j', (id) => {
    expect(readFeedEvent({ name: 'other', data: '', id })).toEqual({ kind: 'other', mark: '' });
  });

  it('passes over events that it does not know', () => {
    expect(read('greeting', {})).toEqual({ kind: 'other', mark: 'mark' });
  });

  it.each([
    ['snapshot', { entries: [entry] }],
    ['snapshot', { entries: [{ ...entry, lowest: '1' }], is_last: true }],
    ['revoked', { ...entry, id: 5 }],
    ['revoked', { id: 'a', expires_in: 5 }],
    ['revoked', []],
    ['proof', { state: 'live', age_ms: -1, sent_ms: 0 }],
    ['proof', { state: 'live', age_ms: 1, sent_ms: null }],
    ['proof', { state: 'well', age_ms: 1, sent_ms: 1 }],
  ])('fails at a malformed %s: %j', (name, data) => {
    expect(() => read(name, data)).toThrow('malformed');
  });

  it.each(['', 'null', '5', '{'])('fails at the data %j', (data) => {
    expect(() => readFeedEvent({ name: 'proof', data, id: '' })).toThrow('malformed');
  });
});

import { SseParser, type ServerSentEvent } from './sse-parser.js';

/** All that the format has: names, ids, comments, every end of a line, and letters of four bytes. */
const STREAM = [
  '\uFEFF: a comment\n\n',
  'event: snapshot\nid: 1.2:3\ndata: {"entries":[]}\n\n',
  'event: revoked\r\ndata: {"id":"ä€😀"}\r\n\r\n',
  'data: two\rdata: lines\r\r',
  'id\ndata:no space\ndata:  two spaces\n\n',
  'event: without data\nid: 7\n\n',
  'retry: 5\nunknown: field\nid: nul\0\ndata\n\n',
  'event: proof\ndata: the end is missing\n',
].join('');

const EVENTS: readonly ServerSentEvent[] = [
  { name: 'snapshot', id: '1.2:3', data: '{"entries":[]}' },
  { name: 'revoked', id: '1.2:3', data: '{"id":"ä€😀"}' },
  { name: 'message', id: '1.2:3', data: 'two\nlines' },
  { name: 'message', id: '', data: 'no space\n two spaces' },
  { name: 'message', id: '7', data: '' },
];

describe('SseParser', () => {
  const bytes = Buffer.from(STREAM);

  it('reads a stream in one chunk', () => {
    expect(new SseParser().push(bytes)).toEqual(EVENTS);
  });

  it('reads the same, wherever the stream is cut in two', () => {
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const parser = new SseParser();
      const events = [bytes.subarray(0, cut), bytes.subarray(cut)].flatMap((part) =>
        parser.push(part),
      );
      expect({ cut, events }).toEqual({ cut, events: EVENTS });
    }
  });

  it.each([1, 2, 3, 5])('reads the same in chunks of %d bytes', (size) => {
    const parser = new SseParser();
    const events: ServerSentEvent[] = [];
    for (let begin = 0; begin < bytes.length; begin += size)
      events.push(...parser.push(bytes.subarray(begin, begin + size)));
    expect(events).toEqual(EVENTS);
  });

  it('returns an event with the chunk that completes it', () => {
    const parser = new SseParser();
    expect(parser.push(Buffer.from('data: 1\n'))).toEqual([]);
    expect(parser.push(Buffer.from('\ndata: 2'))).toEqual([{ name: 'message', id: '', data: '1' }]);
  });

  it.each([
    ['line', 'x'.repeat(1024 * 1024)],
    ['event of long lines', `data: ${'x'.repeat(1024 * 1024)}\n`],
    ['event of empty lines', 'data\n'.repeat(1024 * 1024)],
  ])('fails at a %s without end', (_, text) => {
    const parser = new SseParser();
    const chunk = Buffer.from(text);
    expect(() => {
      for (let times = 0; times < 20; times += 1) parser.push(chunk);
    }).toThrow('too long');
  });
});

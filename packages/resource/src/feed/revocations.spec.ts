import fc from 'fast-check';
import { Revocations, type StreamReading } from './revocations.js';
import type { FeedEvent } from './feed-event.js';

const BOUND_MS = 4000;

/** Both clocks of a receiver. */
class Times {
  ms = 1000;
  calendarMs = 0;
  readonly nowMs = () => this.ms + this.calendarMs;
  readonly monotonicMs = () => this.ms;
}

const page = (ids: readonly string[], is_last = true, mark = 'm'): FeedEvent => ({
  kind: 'snapshot',
  mark,
  page: { entries: ids.map((id) => ({ id, lowest: null, expires_in: 1e6 })), is_last },
});
const proof = (sent_ms: number, age_ms = 0, state: 'live' | 'stale' = 'live'): FeedEvent => ({
  kind: 'proof',
  mark: 'm',
  proof: { state, age_ms, sent_ms },
});
const tokenOf = (sessionId: string) => ({ userId: 'u', sessionId, epoch: 0, claimsVersion: 0 });

describe('Revocations', () => {
  let times: Times;
  let revocations: Revocations;

  beforeEach(() => {
    times = new Times();
    revocations = new Revocations(3, times);
  });

  it('are live from the first proof after the last page', () => {
    const stream = revocations.beginStream();
    stream.apply(page(['a'], false));
    expect(stream.apply(proof(0))).toBe('nothing');
    expect(revocations.state).toBe('loading');
    expect(stream.apply(page(['b']))).toBe('complete');
    expect(revocations.state).toBe('loading');
    expect(stream.apply(proof(0))).toBe('proven');
    expect(revocations.state).toBe('live');
    expect(revocations.statusOf(tokenOf('a'))).toBe('ended');
  });

  it.each([
    [BOUND_MS - 1, 'live'],
    [BOUND_MS, 'stale'],
    [BOUND_MS + 1, 'stale'],
  ])('%d ms after a proof are %s', (elapsedMs, state) => {
    complete(revocations.beginStream());
    times.ms += elapsedMs;
    expect(revocations.state).toBe(state);
  });

  it('are stale after the machine slept, though its clock stood still', () => {
    complete(revocations.beginStream());
    times.calendarMs += BOUND_MS;
    expect(revocations.state).toBe('stale');
  });

  it('take a proof for as old as it is, when it was held up', () => {
    const stream = revocations.beginStream();
    complete(stream);
    times.ms += 60_000;
    expect(stream.apply(proof(50_000))).toBe('nothing');
    expect(revocations.state).toBe('stale');
    expect(stream.apply(proof(57_000))).toBe('proven');
    expect(revocations.state).toBe('live');
  });

  it('take no proof of a sender that is stale, however young', () => {
    const stream = revocations.beginStream();
    stream.apply(page([]));
    expect(stream.apply(proof(0, 0, 'stale'))).toBe('nothing');
    expect(revocations.state).toBe('loading');
  });

  it('resume from the last mark of a stream that is complete', () => {
    const stream = revocations.beginStream();
    expect(stream.mark).toBeUndefined();
    stream.apply(page([], false, 'too early'));
    expect(revocations.mark).toBeUndefined();
    stream.apply(page([], true, 'm1'));
    expect(revocations.beginStream().mark).toBe('m1');
  });

  it('are stale from the first entry that does not fit until all was read again', () => {
    const stream = revocations.beginStream();
    complete(stream);
    stream.apply(page(['a', 'b', 'c', 'd']));
    expect(revocations.state).toBe('stale');
    expect([revocations.mark, revocations.mustReload]).toEqual([undefined, false]);
    times.ms += 1e9 + 1;
    revocations.forgetExpired();
    expect(revocations.mustReload).toBe(true);
    const again = revocations.beginStream();
    complete(again);
    expect(revocations.state).toBe('live');
  });

  it('are not complete by a stream that only resumes', () => {
    const stream = revocations.beginStream();
    complete(stream);
    const resumed = revocations.beginStream();
    stream.apply(page(['a', 'b', 'c', 'd']));
    complete(resumed);
    expect(revocations.state).toBe('stale');
  });

  it('tell of each session once, when its end is first known', () => {
    const ended: string[] = [];
    const told = new Revocations(10, times, (id) => ended.push(id));
    told.beginStream().apply(page(['a', 'b']));
    told.beginStream().apply(page(['b', 'c']));
    told.beginStream().apply({
      kind: 'revoked',
      mark: '',
      entry: { id: 'd', lowest: 2, expires_in: 9 },
    });
    expect(ended).toEqual(['a', 'b', 'c']);
  });

  function complete(stream: StreamReading): void {
    stream.apply(page([]));
    stream.apply(proof(0));
  }
});

/**
 * A sender, streams from it that deliver whenever it pleases them, and the receiver. Whatever
 * happens: while it is live, it refuses every session that ended more than the bound ago.
 */
describe('a receiver of the feed', () => {
  interface Sent {
    readonly event: (mark: string) => FeedEvent;
    readonly upTo: number;
  }
  interface Pipe {
    readonly reading: StreamReading;
    readonly openedAtMs: number;
    readonly queue: Sent[];
    sent: number;
  }

  const command = fc.oneof(
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 6000 }) }),
    fc.record({ do: fc.constantFrom('end', 'open', 'forget') }),
    fc.record({ do: fc.constantFrom('cut', 'beat'), stream: fc.nat(3) }),
    fc.record({
      do: fc.constant('deliver' as const),
      stream: fc.nat(3),
      count: fc.integer({ min: 1, max: 9 }),
    }),
    fc.record({ do: fc.constant('sleep' as const), ms: fc.integer({ min: 1001, max: 9000 }) }),
    fc.record({ do: fc.constant('stale' as const), is: fc.boolean() }),
    fc.record({ do: fc.constant('read' as const) }),
  );

  it('never takes a session that ended before the bound for live, while it is live', () => {
    let lives = 0;
    fc.assert(
      fc.property(
        fc.array(command, { minLength: 10, maxLength: 120 }),
        fc.integer({ min: 1, max: 6 }),
        (commands, maxEntries) => {
          const times = new Times();
          const sender = { endedAtMs: [] as number[], readAtMs: 0, known: 0, isStale: false };
          const revocations = new Revocations(maxEntries, times);
          let pipes: Pipe[] = [];
          const nowMs = () => times.ms + times.calendarMs;
          const read = () => {
            if (sender.isStale) return;
            [sender.readAtMs, sender.known] = [nowMs(), sender.endedAtMs.length];
          };
          const entry = (index: number) => ({ id: `s${index}`, lowest: null, expires_in: 1e6 });
          const push = (pipe: Pipe) => {
            for (; pipe.sent < sender.known; pipe.sent += 1) {
              const index = pipe.sent;
              pipe.queue.push({
                upTo: index + 1,
                event: (mark) => ({ kind: 'revoked', mark, entry: entry(index) }),
              });
            }
          };
          const prove = (pipe: Pipe) => {
            push(pipe);
            const facts = {
              state: sender.isStale ? ('stale' as const) : ('live' as const),
              age_ms: nowMs() - sender.readAtMs,
              sent_ms: nowMs() - pipe.openedAtMs,
            };
            pipe.queue.push({
              upTo: pipe.sent,
              event: (mark) => ({ kind: 'proof', mark, proof: facts }),
            });
          };
          const open = () => {
            const reading = revocations.beginStream();
            const begin = Number(reading.mark ?? 0);
            const pipe: Pipe = { reading, openedAtMs: nowMs(), queue: [], sent: sender.known };
            // A page for each entry, so that much may happen between two.
            for (let index = begin; index <= sender.known; index += 1) {
              const is_last = index === sender.known;
              const entries = is_last ? [] : [entry(index)];
              pipe.queue.push({
                upTo: is_last ? sender.known : begin,
                event: (mark) => ({ kind: 'snapshot', mark, page: { entries, is_last } }),
              });
            }
            prove(pipe);
            pipes.push(pipe);
          };
          for (const step of commands) {
            const pipe = 'stream' in step ? pipes[step.stream % (pipes.length || 1)] : undefined;
            if (step.do === 'wait') times.ms += step.ms;
            else if (step.do === 'sleep') times.calendarMs += step.ms;
            else if (step.do === 'end') sender.endedAtMs.push(nowMs());
            else if (step.do === 'read') read();
            else if (step.do === 'stale') sender.isStale = step.is;
            else if (step.do === 'open' && pipes.length < 4) open();
            else if (step.do === 'forget') revocations.forgetExpired();
            else if (step.do === 'cut') pipes = pipes.filter((one) => one !== pipe);
            else if (step.do === 'beat' && pipe) {
              read();
              prove(pipe);
            } else if (step.do === 'deliver' && pipe)
              for (const { event, upTo } of pipe.queue.splice(0, step.count))
                pipe.reading.apply(event(String(upTo || '')));

            if (revocations.state !== 'live') continue;
            lives += 1;
            sender.endedAtMs.forEach((endedAtMs, index) => {
              if (nowMs() - endedAtMs > BOUND_MS)
                expect([index, revocations.statusOf(tokenOf(`s${index}`))]).toEqual([
                  index,
                  'ended',
                ]);
            });
          }
        },
      ),
      { numRuns: 3000 },
    );
    // Else nothing was tried.
    expect(lives).toBeGreaterThan(1000);
  });
});

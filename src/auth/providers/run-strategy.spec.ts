import { isProviderAway } from './provider-outage.js';
import { runStrategy } from './run-strategy.js';

/** What strategies call on themselves. */
interface Running {
  readonly name?: string;
  success(profile: unknown): void;
  redirect(url: string): void;
  fail(reason?: unknown): void;
  pass(): void;
  error(error: unknown): void;
}

const run = (authenticate: (this: Running, request: object) => unknown) =>
  runStrategy({ authenticate }, {}, {});

const FAULT = new Error('fault');

describe('runStrategy', () => {
  it.each<[string, (this: Running) => unknown, object]>([
    [
      'success',
      function () {
        this.success({ id: 7 });
      },
      { kind: 'success', profile: { id: 7 } },
    ],
    [
      'redirect',
      function () {
        this.redirect('/there');
      },
      { kind: 'redirect', url: '/there' },
    ],
    [
      'fail',
      function () {
        this.fail('no');
      },
      { kind: 'fail', reason: 'no' },
    ],
    [
      'error',
      function () {
        this.error(FAULT);
      },
      { kind: 'error', error: FAULT },
    ],
    [
      'what is thrown',
      () => {
        throw FAULT;
      },
      { kind: 'error', error: FAULT },
    ],
    ['what is rejected', () => Promise.reject(FAULT), { kind: 'error', error: FAULT }],
  ])('returns %s', async (_, authenticate, outcome) => {
    expect(await run(authenticate)).toEqual(outcome);
  });

  it('takes a strategy that passes for one that fails', async () => {
    expect(
      await run(function () {
        this.pass();
      }),
    ).toMatchObject({ kind: 'fail' });
  });

  it('gives each request methods of its own, and the strategy none', async () => {
    const strategy = {
      name: 'shared',
      async authenticate(this: Running & { name: string }, { id }: { id?: number }) {
        await Promise.resolve();
        this.success(`${this.name} ${id}`);
      },
    };
    const outcomes = [1, 2].map((id) => runStrategy(strategy as never, { id }, {}));
    expect(await Promise.all(outcomes)).toEqual([
      { kind: 'success', profile: 'shared 1' },
      { kind: 'success', profile: 'shared 2' },
    ]);
    expect(Object.keys(strategy)).toEqual(['name', 'authenticate']);
  });

  it('waits 15 seconds at most, and then counts the provider as away', async () => {
    jest.useFakeTimers();
    try {
      const outcome = run(() => undefined);
      jest.advanceTimersByTime(15_000);
      const { error } = (await outcome) as { error: unknown };
      expect(isProviderAway(error)).toBe(true);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('isProviderAway', () => {
  const caused = (cause: unknown) => new Error('request failed', { cause });

  it.each<[string, unknown]>([
    ['no connection', caused(Object.assign(new Error(), { code: 'ECONNREFUSED' }))],
    ['several addresses', caused(new AggregateError([{ code: 'ECONNREFUSED' }]))],
    ['no response in time', caused(Object.assign(new Error(), { name: 'TimeoutError' }))],
    ['a response 503', caused(new Response(null, { status: 503 }))],
    ['a status 502 of the package oauth', { oauthError: { statusCode: 502 } }],
  ])('is true for %s', (_, error) => expect(isProviderAway(error)).toBe(true));

  it.each<[string, unknown]>([
    ['another error', caused(new Error())],
    ['a response 400', caused(new Response(null, { status: 400 }))],
    ['an error of a strategy that suggests 500', Object.assign(new Error(), { status: 500 })],
    ['nothing', undefined],
  ])('is false for %s', (_, error) => expect(isProviderAway(error)).toBe(false));

  it('ends with causes that lead to themselves', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(isProviderAway(error)).toBe(false);
  });
});

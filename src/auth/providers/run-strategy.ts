import type { LoginStrategy } from './login-provider.js';

/** What a strategy has decided about a request. */
export type StrategyOutcome =
  | { readonly kind: 'success'; readonly profile: unknown }
  | { readonly kind: 'redirect'; readonly url: string }
  | { readonly kind: 'fail'; readonly reason: unknown }
  | { readonly kind: 'error'; readonly error: unknown };

/** Some strategies wait for their provider without any limit. */
const MAX_MS = 15_000;

/** A provider that has not responded in time. */
class ProviderTimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * Runs a strategy of Passport on one request, without Passport: the middleware of Passport needs
 * Express, and ends the response itself. The strategy's methods are those of an object of this
 * request alone, as in Passport.
 */
export function runStrategy(
  strategy: LoginStrategy,
  request: object,
  options: object,
): Promise<StrategyOutcome> {
  return new Promise((resolve) => {
    const fail = (error: unknown) => settle({ kind: 'error', error });
    const timer = setTimeout(() => fail(new ProviderTimeoutError()), MAX_MS);
    const settle = (outcome: StrategyOutcome) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    const run = Object.assign(Object.create(strategy) as LoginStrategy, {
      success: (profile: unknown) => settle({ kind: 'success', profile }),
      redirect: (url: string) => settle({ kind: 'redirect', url }),
      fail: (reason: unknown) => settle({ kind: 'fail', reason }),
      pass: () => settle({ kind: 'fail', reason: 'The strategy has decided nothing.' }),
      error: fail,
    });
    new Promise((done) => done(run.authenticate(request, options))).catch(fail);
  });
}

import type { Closing } from '../closing.js';
import type { Clock } from '../time/clock.js';

export interface JsonResponse {
  readonly status: number;
  /** The parsed body; an empty object if it is no object of JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface JsonRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent by POST. */
  readonly form?: URLSearchParams;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly closing: Closing;
}

/** Undefined if there is no whole response within the time. */
export async function getJson(request: JsonRequest): Promise<JsonResponse | undefined> {
  if (request.closing.isClosed) return undefined;
  const { url, headers, form, timeoutMs, clock, closing } = request;
  const late = new AbortController();
  const cancel = clock.after(timeoutMs, () => late.abort(), true);
  const done = closing.onClose(() => late.abort());
  try {
    const response = await fetch(url, {
      ...(form && { method: 'POST', body: form }),
      headers: { accept: 'application/json', ...headers },
      // Tokens are sent to the configured server alone.
      redirect: 'error',
      signal: late.signal,
    });
    return { status: response.status, body: objectIn(await response.text()) };
  } catch {
    return undefined;
  } finally {
    cancel();
    done();
  }
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

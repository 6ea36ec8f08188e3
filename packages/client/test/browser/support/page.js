import { createAuthClient, localStorageTokens } from '@evergreen-auth/client';
import { createBinding } from '@evergreen-auth/client/binding';

/**
 * How far the device's clocks are off, in milliseconds. All tabs see a cookie change at the same
 * moment, as they would see a clock jump.
 */
const shift = (clock) => Number(new RegExp(`${clock}=(-?\\d+)`).exec(document.cookie)?.[1] ?? 0);

const clock = {
  now: () => Date.now() + shift('calendar'),
  monotonic: () => performance.now() + shift('uptime'),
  setTimer(callback, milliseconds) {
    const timer = setTimeout(callback, Math.min(milliseconds, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

/**
 * What this tab has sent, as its script sees it: the browser may send one request several times.
 */
globalThis.sent = [];

/** HTTP/1.1 of a browser sends no streams. */
async function countingFetch(input, init = {}) {
  sent.push(new URL(input instanceof Request ? input.url : input, location.href).pathname);
  const body =
    init.body instanceof ReadableStream ? await new Response(init.body).text() : init.body;
  return fetch(input, { ...init, body });
}

const { plain, binding, storage, ...options } = JSON.parse(
  decodeURIComponent(location.search.slice(1)) || '{}',
);
globalThis.client = createAuthClient({
  baseUrl: location.origin,
  ...(!plain && { clock, fetch: countingFetch }),
  // By the browser's own calendar, which is the server's.
  ...(binding && { fetch: createBinding({ fetch: plain ? undefined : countingFetch }).fetch }),
  storage: storage === 'localStorage' ? localStorageTokens : storage,
  onReauthenticate: () => globalThis.onReauthenticate?.(),
  ...options,
});

globalThis.events = [];
for (const name of [
  'sessionExpired',
  'signedIn',
  'signedOut',
  'tokenRefreshed',
  'refreshFailed',
  'offline',
  'reauthRequired',
]) {
  client.on(name, (detail) => events.push({ name, ...detail }));
}

/** The status of the answer, or what went wrong. */
globalThis.request = (path, init) =>
  client.fetch(path, init).then(
    ({ status }) => status,
    ({ name, code }) => (name === 'AuthError' ? code : name),
  );

await client.ready();
globalThis.isReady = true;

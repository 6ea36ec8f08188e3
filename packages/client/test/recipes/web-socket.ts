import { AuthError, type AuthClient } from '@evergreen-auth/client';

const LONGEST_PAUSE_MS = 30_000;

/**
 * A WebSocket that is open while somebody is signed in; what is returned closes it for good. A
 * browser sends no `Authorization` with it, so its token is a subprotocol, and each connection has
 * a new one: the server closes one whose token has expired, and the next is opened.
 */
export function connect(client: AuthClient, url: string, onMessage: (data: unknown) => void) {
  let [attempt, failures] = [0, 0];
  let stop = () => {};

  async function open(): Promise<void> {
    stop();
    const mine = ++attempt;
    try {
      const token = await client.getAccessToken({ minValiditySeconds: 10 });
      if (mine !== attempt) return;
      const socket = new WebSocket(url, ['messages', `bearer.${token}`]);
      socket.onopen = () => void (failures = 0);
      socket.onmessage = ({ data }) => onMessage(data);
      socket.onclose = later;
      stop = () => ((socket.onclose = null), socket.close());
    } catch (error) {
      // Else nobody is signed in, and `signedIn` will begin again.
      if (error instanceof AuthError && error.retryable) later();
    }
  }
  function later(): void {
    const timer = setTimeout(() => void open(), Math.min(LONGEST_PAUSE_MS, 100 * 2 ** failures++));
    stop = () => clearTimeout(timer);
  }
  const end = () => (attempt++, stop());
  const stopListening = [
    client.on('signedIn', () => void open()),
    client.on('signedOut', end),
    client.on('sessionExpired', end),
  ];
  void open();
  return () => (stopListening.forEach((off) => off()), end());
}

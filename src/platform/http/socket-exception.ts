/** A socket of `ws`, or one of Socket.IO. */
export interface SocketClient {
  /** Only of `ws`, whose `emit` stays within the process. */
  readonly readyState?: number;
  send(text: string): void;
  emit(event: string, data: object): void;
  close?(code: number): void;
  disconnect?(closesConnection: boolean): void;
}

/** "Policy violation" (RFC 6455, section 7.4.1): the client is not to connect again as it is. */
const POLICY_VIOLATION = 1008;

/** Sends the event `exception`, as Nest's filter does. */
export function sendException(client: SocketClient, data: object): void {
  if (typeof client.readyState === 'number')
    client.send(JSON.stringify({ event: 'exception', data }));
  else client.emit('exception', data);
}

/** Closes it, after what was sent. */
export function closeSocket(client: SocketClient): void {
  if (client.disconnect) client.disconnect(true);
  else client.close?.(POLICY_VIOLATION);
}

/** A socket of `ws`, or one of Socket.IO. */
export interface SocketClient {
  /** Only of `ws`, whose `emit` stays within the process. */
  readonly readyState?: number;
  send(text: string): void;
  emit(event: string, data: object): void;
}

/** Sends the event `exception`, as Nest's filter does. */
export function sendException(client: SocketClient, data: object): void {
  if (typeof client.readyState === 'number')
    client.send(JSON.stringify({ event: 'exception', data }));
  else client.emit('exception', data);
}

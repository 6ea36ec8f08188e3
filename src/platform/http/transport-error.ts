/**
 * What a team's `WsException` or `RpcException` tells the client, as Nest's own filters send it;
 * undefined for other errors. Their packages need not be installed, so the classes are known by
 * their method.
 *
 * @param cause the message of a socket, which Nest sends back with an exception that is only a text
 */
export function errorOfTransport(error: unknown, cause?: object): object | undefined {
  if (!(error instanceof Error && 'getError' in error)) return undefined;
  const told = (error as TransportError).getError();
  if (typeof told === 'object' && told !== null) return told;
  return { status: 'error', message: told, ...(cause && { cause }) };
}

interface TransportError extends Error {
  getError(): unknown;
}

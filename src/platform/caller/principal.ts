/** The user and session of a request's access token. Times are in epoch seconds. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
  /** Raised by a change of password and a new proof; tokens of an older epoch are void. */
  readonly epoch: number;
  readonly expiresAt: number;
}

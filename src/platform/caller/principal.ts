/** The user and session of a request's access token. Times are in epoch seconds. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
  /** Raised by a change of password; tokens of an older epoch are void. */
  readonly epoch: number;
  readonly expiresAt: number;
  /** How the user has proved who they are (RFC 8176), of an access token. */
  readonly amr?: readonly string[];
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { admit } from '../http/admit.js';
import type { GoodToken } from '../verdict.js';
import type { Verifier } from '../verifier.js';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Express has its types there
  namespace Express {
    interface Request {
      /** What the access token says; undefined where none was required. */
      auth?: GoodToken;
    }
  }
}

/** A middleware of Express, or of another framework that hands on Node's request and response. */
export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Lets only requests with a good access token through: `app.use('/orders',
 * requireAccessToken(verifier))`. Then `request.auth` is what it says.
 */
export function requireAccessToken(verifier: Pick<Verifier, 'verify'>): Middleware {
  return (request, response, next) => {
    admit(verifier, request).then(({ auth, refusal }) => {
      if (refusal) {
        const { status, headers, body } = refusal;
        response.writeHead(status, headers).end(JSON.stringify(body));
        return;
      }
      Object.assign(request, { auth });
      next();
    }, next);
  };
}

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../config/index.js';

/** What browsers are told to be careful about: helmet's headers, as Nest sends them. The page at `/docs` works under them. */
export function sendSecurityHeaders(app: NestFastifyApplication, { environment }: Config): void {
  app.useSecurityHeaders({
    contentSecurityPolicy: {
      directives: {
        frameAncestors: "'none'",
        // Whether there is TLS is the proxy's to say; where there is none, this would break the documentation.
        upgradeInsecureRequests: false,
      },
    },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: environment !== 'development',
  });
}

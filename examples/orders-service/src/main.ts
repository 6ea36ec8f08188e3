import { createVerifier } from '@evergreen-auth/resource';
import { createService } from './service.js';

/** By default the server of the repository's root, as `npm start` starts it there. */
const {
  EVERGREEN_SERVER: server = 'http://localhost:8000',
  EVERGREEN_ISSUER: issuer = 'evergreen',
  EVERGREEN_AUDIENCE: audience = 'evergreen-api',
  EVERGREEN_SERVICE_TOKEN: serviceToken = '',
  PORT: port = '8080',
} = process.env;

const verifier = createVerifier({ server, issuer, audience, serviceToken, logger: console });
const app = await createService(verifier);
await verifier.ready();
console.log(`${await app.listen({ port: Number(port) })} (${verifier.state})`);

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void app.close().then(() => verifier.close()));

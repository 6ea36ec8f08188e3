/** In Node, as an ES module and as CommonJS. */
import { createRequire } from 'node:module';
import * as core from '@evergreen-auth/client';
import * as testing from '@evergreen-auth/client/testing';
import { liveThroughSession } from './session.js';

const require = createRequire(import.meta.url);
for (const transport of ['bearer', 'cookie']) {
  await liveThroughSession(core, testing, transport);
  await liveThroughSession(
    require('@evergreen-auth/client'),
    require('@evergreen-auth/client/testing'),
    transport,
  );
}

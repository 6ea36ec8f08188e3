/** Once no page has the release before. */
import { createAuthClient } from '../../../src/core/index.js';

Object.assign(globalThis, { auth: createAuthClient() });

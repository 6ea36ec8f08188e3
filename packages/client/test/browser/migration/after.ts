/** The same application with the client. */
import axios from 'axios';
import { attachAuth } from '../../../src/axios/index.js';
import { createAuthClient, localStorageTokens } from '../../../src/core/index.js';

const api = axios.create();

const auth = createAuthClient({ storage: localStorageTokens });
attachAuth(api, auth);

Object.assign(globalThis, { api, auth });

// A verifier of @evergreen-auth/resource that says when it is live, and how many entries it has.
// Started by bench/feed.mjs.
import { createVerifier } from '../../packages/resource/dist/index.js';
import { residentMiB } from '../world/processes.mjs';

const [server, serviceToken] = process.argv.slice(2);

const ended = new Set();
const options = { issuer: 'evergreen', audience: 'evergreen-api', server, serviceToken };
const verifier = createVerifier(options);
verifier.onSessionEnded(({ sessionId }) => ended.add(sessionId));
await verifier.ready(120_000);
process.send({ state: verifier.state, resident: residentMiB(process.pid) });
process.on('message', () => process.send({ size: ended.size }));

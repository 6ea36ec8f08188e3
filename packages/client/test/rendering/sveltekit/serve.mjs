/** Builds the pages, and serves them at a free port of the loopback interface, which it prints. */
import { build, preview } from 'vite';

await build({ logLevel: 'warn' });
const { httpServer } = await preview({ preview: { host: '127.0.0.1', port: 0 } });
console.log(`Listening at http://127.0.0.1:${httpServer.address().port}`);

/** For tests: the real server of the package `evergreen-auth`, with a PostgreSQL of its own. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp, listen, loadConfig, provideForDevelopment, Users } from 'evergreen-auth';

export const SERVICE_TOKEN = randomBytes(32).toString('hex');

export interface AuthServer {
  readonly url: string;
  /** As an operator would. */
  setRoles(userId: string, roles: readonly string[]): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startAuthServer(): Promise<AuthServer> {
  const folder = mkdtempSync(join(tmpdir(), 'orders-service-'));
  const port = await freePort();
  const { environment, stop } = await provideForDevelopment({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    BCRYPT_COST: '4',
    HOST: '127.0.0.1',
    PORT: String(port),
    SERVICE_TOKENS: `orders:${SERVICE_TOKEN}`,
    // Made at the start. With them the service can verify tokens by itself.
    JWT_KEYS_FILE: join(folder, 'keys.json'),
  });
  const config = loadConfig(environment);
  const app = await createApp(config);
  await listen(app, config);
  return {
    url: `http://127.0.0.1:${port}`,
    setRoles: (userId, roles) => app.get(Users).setRoles(userId, roles),
    stop: async () => {
      await app.close();
      await stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

import { provideForDevelopment } from '../platform/config/index.js';

export interface TestDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts an empty PostgreSQL, whose data is deleted at the stop. With `DATABASE_URL` set in `given`,
 * such as `process.env`, it is that database, and nothing is started.
 *
 * @throws ConfigurationError if `@evergreen-auth/dev-postgres` is not installed
 */
export async function startTestDatabase(
  given: { readonly DATABASE_URL?: string } = {},
): Promise<TestDatabase> {
  const { environment, stop } = await provideForDevelopment({
    NODE_ENV: 'test',
    DATABASE_URL: given.DATABASE_URL,
  });
  return { url: String(environment.DATABASE_URL), stop };
}

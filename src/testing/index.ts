/**
 * For the tests of a team that extends Evergreen: an application on a PostgreSQL of its own, and a
 * clock that they move. It needs the package `@evergreen-auth/dev-postgres`.
 *
 * ```ts
 * const app = await startTestApp({ modules: [NotesModule] });
 * const { accessToken } = await app.signUp();
 * await app.close();
 * ```
 */
export { startTestApp, type SignedUp, type TestApp, type TestAppOptions } from './test-app.js';
export { TestClock } from '../platform/clock/index.js';
export { startTestDatabase, type TestDatabase } from './test-database.js';
export { testOptions } from './test-options.js';

import { Problem, toProblem } from '../../platform/errors/index.js';

/** A refresh waits for it. The client's own limit is ten seconds. */
const HOOK_MS = 3000;

/**
 * What a team's hook returns or throws, in bounded time.
 *
 * @param name of the hook, for the log
 * @throws Problem `service_unavailable` if it takes too long, or if it cannot reach the database;
 * `internal_error` for everything else that it throws; never one that makes a client delete its tokens
 */
export async function boundedCall<Result>(
  name: string,
  hook: () => Result | Promise<Result>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LateError()), HOOK_MS);
  });
  try {
    return await Promise.race([hook(), late]);
  } catch (error) {
    throw failureOf(name, error);
  } finally {
    clearTimeout(timer);
  }
}

class LateError extends Error {
  constructor() {
    super(`It did not finish within ${HOOK_MS} ms.`);
  }
}

function failureOf(name: string, error: unknown): Problem {
  const isPassing = error instanceof LateError || toProblem(error).code === 'service_unavailable';
  const code = isPassing ? 'service_unavailable' : 'internal_error';
  return new Problem(code, { cause: named(name, error) });
}

function named(name: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`${name} failed: ${reason}`, { cause });
}

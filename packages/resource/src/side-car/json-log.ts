import type { Logger } from '../logger.js';

/**
 * Writes each message as one line of JSON, as programs that collect logs expect it.
 *
 * @param write gets each line, with its newline
 */
export function jsonLog(write: (line: string) => void, now: () => Date): Logger {
  const log = (level: string) => (message: string) =>
    write(`${JSON.stringify({ time: now().toISOString(), level, message })}\n`);
  return { info: log('info'), warn: log('warn'), error: log('error') };
}

import { pino, type DestinationStream } from 'pino';

/** The lines of this turn of the event loop, by destination. */
const waiting = new Map<DestinationStream, string>();

/** Without it, the lines that say why a process ends would be lost. */
process.on('exit', writeWaiting);

/**
 * A destination that writes all lines of one turn of the event loop together. Under load, writing
 * each line by itself would take as long as making it. `docs/decisions/own-code.md` compares it
 * with pino's own destinations.
 */
export function openDestination(fd: number): DestinationStream {
  const file = pino.destination({ fd, sync: true });
  return {
    write(line) {
      if (waiting.size === 0) setImmediate(writeWaiting);
      waiting.set(file, (waiting.get(file) ?? '') + line);
    },
  };
}

function writeWaiting(): void {
  for (const [file, lines] of waiting) file.write(lines);
  waiting.clear();
}

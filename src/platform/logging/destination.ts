import { pino, type DestinationStream } from 'pino';

/** What has been logged in this turn of the event loop, by where it goes to. */
const waiting = new Map<DestinationStream, string>();

/** The last words of a process that crashes are those that are read. */
process.on('exit', writeWaiting);

/**
 * Lines of one turn of the event loop are written together: under load, to write each by itself
 * takes as long as to make it.
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

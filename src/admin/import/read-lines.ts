import { createReadStream } from 'node:fs';

/** Far more than a user needs: 4 kB of metadata, 50 roles, some identities. */
export const MAX_LINE_BYTES = 64 * 1024;

const LINE_FEED = 0x0a;

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Where the next line begins in the file. */
  readonly endsAtByte: number;
  /** Without the line feed; undefined if the line is longer than `MAX_LINE_BYTES`. */
  readonly bytes: Buffer | undefined;
}

export interface Place {
  readonly atByte: number;
  /** How many lines are before it. */
  readonly lines: number;
}

/**
 * Reads the lines of a file from a place on, up to its size at the beginning. It keeps one line and
 * one chunk in memory, however long the lines are.
 */
export async function* readLines(
  path: string,
  from: Place,
  sizeBytes: number,
): AsyncGenerator<Line> {
  if (from.atByte >= sizeBytes) return;
  let { atByte, lines } = from;
  let line = new LineBuffer();
  const chunks = createReadStream(path, { start: from.atByte, end: sizeBytes - 1 });
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    let begin = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, begin)) {
      line.add(chunk.subarray(begin, end));
      lines += 1;
      atByte += line.lengthBytes + 1;
      yield { number: lines, endsAtByte: atByte, bytes: line.bytes() };
      line = new LineBuffer();
      begin = end + 1;
    }
    line.add(chunk.subarray(begin));
  }
  if (line.lengthBytes > 0)
    yield { number: lines + 1, endsAtByte: atByte + line.lengthBytes, bytes: line.bytes() };
}

/** A line that arrives in parts. */
class LineBuffer {
  lengthBytes = 0;
  private parts: Buffer[] = [];

  add(part: Buffer): void {
    this.lengthBytes += part.length;
    if (this.isTooLong()) this.parts = [];
    else this.parts.push(part);
  }

  bytes(): Buffer | undefined {
    return this.isTooLong() ? undefined : Buffer.concat(this.parts);
  }

  private isTooLong(): boolean {
    return this.lengthBytes > MAX_LINE_BYTES;
  }
}

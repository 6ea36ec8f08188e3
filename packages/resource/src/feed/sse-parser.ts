/** One event of a stream of server-sent events. */
export interface ServerSentEvent {
  /** `message` if the stream does not name it. */
  readonly name: string;
  readonly data: string;
  /** The last id of the stream so far; empty if there was none. */
  readonly id: string;
}

/** A stream that does not end its line or event would fill the memory. */
const MAX_EVENT_CHARACTERS = 16 * 1024 * 1024;
const LINE_CHARACTERS = 32;

/**
 * Parses a stream of server-sent events, wherever its chunks are cut (HTML Standard, section 9.2.6).
 * `retry` is ignored: when to connect anew is not the sender's business.
 */
export class SseParser {
  private readonly decoder = new TextDecoder();
  /** The chunks of a line that has not ended. */
  private unfinished: string[] = [];
  private name = '';
  private data: string[] = [];
  private id = '';
  private characters = 0;
  private endsWithCr = false;

  /**
   * The events that this chunk completes.
   *
   * @throws Error if an event is longer than 16 million characters
   */
  push(chunk: Uint8Array): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    let text = this.decoder.decode(chunk, { stream: true });
    if (text === '') return events;
    // The second half of a line's end whose first half was the end of the chunk before.
    if (this.endsWithCr && text.startsWith('\n')) text = text.slice(1);
    this.endsWithCr = text === '' ? false : text.endsWith('\r');

    const lines = text.split(/\r\n|\n|\r/);
    const rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = this.take(this.unfinished.join('') + line);
      this.unfinished = [];
      if (event) events.push(event);
    }
    this.keep(rest);
    return events;
  }

  private keep(rest: string): void {
    if (rest === '') return;
    this.count(rest);
    this.unfinished.push(rest);
  }

  private take(line: string): ServerSentEvent | undefined {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.name = value;
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    else if (field === 'data') {
      this.count(value);
      this.data.push(value);
    }
    return undefined;
  }

  private dispatch(): ServerSentEvent | undefined {
    const { name, data, id } = this;
    [this.name, this.data, this.characters] = ['', [], 0];
    if (data.length === 0) return undefined;
    return { name: name || 'message', data: data.join('\n'), id };
  }

  private count({ length }: string): void {
    // A line without content needs memory, too.
    this.characters += length + LINE_CHARACTERS;
    if (this.characters > MAX_EVENT_CHARACTERS)
      throw new Error('An event of the feed is too long.');
  }
}

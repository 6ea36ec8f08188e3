import { constants } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';

/**
 * The report of lines that are skipped: a file with one JSON object per line. Its length is part of
 * the progress of an import, so each line is in it once, however often the import was stopped.
 */
export class SkipReport {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /**
   * Opens the report after its first bytes; what follows is overwritten.
   *
   * @throws an error if the file has not so many bytes
   */
  static async open(path: string, lengthBytes: number): Promise<SkipReport> {
    // Not truncated: another process may import the same file.
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    if ((await file.stat()).size < lengthBytes) {
      await file.close();
      throw new Error(`${path} is not the report of this import so far.`);
    }
    return new SkipReport(path, file);
  }

  /** Writes a text, so that it survives a loss of power. Returns its length in bytes. */
  async write(text: string, atByte: number): Promise<number> {
    if (text === '') return 0;
    const bytes = Buffer.from(text);
    await this.file.write(bytes, 0, bytes.length, atByte);
    await this.file.datasync();
    return bytes.length;
  }

  /** At the end of the import: removes what is left of older reports, and an empty file. */
  async finish(lengthBytes: number): Promise<void> {
    await this.file.truncate(lengthBytes);
    if (lengthBytes === 0) await unlink(this.path);
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Logger } from '@nestjs/common';
import { Clock } from '../../../platform/clock/index.js';
import { ConfigurationError, type Config } from '../../../platform/config/index.js';
import { Every } from '../../../platform/jobs/index.js';
import { keySetOf, type KeySet } from './key-set.js';
import { newKey } from './new-key.js';
import { KeyFileError, parseStoredKeys, writeStoredKeys } from './stored-keys.js';

/**
 * The file is read each time: it is small, and its modification time may be equal after two changes
 * in quick succession.
 */
const REREAD_EVERY_MS = 2000;

/**
 * The keys of `JWT_KEYS_FILE`. It reads them again when the file changes, so that a rotation needs
 * no restart.
 */
export class KeyFile {
  private readonly logger = new Logger('KeyFile');
  private text: string | undefined;
  private set: KeySet | undefined;
  private fault: string | undefined;

  private constructor(private readonly path: string | undefined) {}

  /**
   * In development, a missing file is created, so that other services can verify tokens there, too.
   *
   * @throws ConfigurationError if the file cannot be used
   */
  static async open({ environment, tokens: { keysFile } }: Config): Promise<KeyFile> {
    const file = new KeyFile(keysFile);
    try {
      if (environment === 'development' && keysFile !== undefined) createIfMissing(keysFile);
      await file.read();
      return file;
    } catch (error) {
      throw new ConfigurationError([`JWT_KEYS_FILE cannot be used: ${(error as Error).message}`]);
    }
  }

  /** Undefined if no file is configured. */
  get keys(): KeySet | undefined {
    return this.set;
  }

  /**
   * Takes new keys from the file. If the file cannot be used, it logs that once and keeps the
   * current keys.
   */
  @Every(REREAD_EVERY_MS)
  async reread(): Promise<void> {
    try {
      await this.read();
      this.fault = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.fault)
        this.logger.error(`JWT_KEYS_FILE cannot be used, so the current keys are kept: ${message}`);
      this.fault = message;
    }
  }

  private async read(): Promise<void> {
    if (this.path === undefined) return;
    const text = await textOf(this.path);
    if (text === this.text) return;

    const isFirst = this.text === undefined;
    this.set = keySetOf(parseStoredKeys(text));
    this.text = text;
    const { signing, verifying } = this.set;
    const message = `Access tokens are signed with the key ${signing.id}; ${verifying.length} verify.`;
    // In development the first line of the log says where everything is.
    if (isFirst) this.logger.debug(message);
    else this.logger.log(message);
  }
}

/** If two first starts run at the same time, the later one replaces the file; both read it again. */
function createIfMissing(path: string): void {
  if (!existsSync(path)) writeStoredKeys(path, [newKey(new Date(new Clock().nowMs()))]);
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new KeyFileError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

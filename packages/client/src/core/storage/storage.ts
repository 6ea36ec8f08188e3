import { AuthError } from '../errors.js';
import { objectIn } from '../http/json.js';
import { type AuthRecord, isRecord } from '../record/record.js';

/**
 * What a storage knows: *unavailable* is neither there nor gone, such as the keychain of a locked
 * phone. It never signs anybody out, and nothing is deleted on it.
 */
export type StorageRead =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'absent'; readonly value?: undefined }
  | {
      readonly kind: 'unavailable';
      /**
       * `declined`: the person has said no, and is asked again only when the application calls
       * `ready()`. `reauth_required`: it can never be read again, such as after a change of
       * biometrics, so the user has to sign in. Not given: it is read again by and by.
       */
      readonly reason?: 'declined' | 'reauth_required' | undefined;
      readonly cause?: unknown;
    };

/**
 * A place of one's own for the session: one text of about 1.5 kB. It is read and written by one
 * client at a time.
 */
export interface AuthStorage {
  /** How long one reading or writing may take, in milliseconds: 3,000, unless a person is asked. */
  readonly timeoutMs?: number | undefined;
  read(): Promise<StorageRead>;
  /** Resolves once it is safe. */
  write(value: string): Promise<void>;
}

export type Decide = (stored: AuthRecord | undefined) => AuthRecord | undefined;

/**
 * The record's place: `decide` sees what is stored and says what shall be, and nobody comes in
 * between. Rejects where that cannot be.
 */
export interface RecordStore {
  /** Whether other tabs have it, too. */
  readonly shared?: boolean | undefined;
  /** The one behind it that says how long it may take. */
  readonly storage?: AuthStorage | undefined;
  /**
   * @param decide returns undefined to leave it as it is
   * @param unread writes without reading, where what is stored cannot be read and is to be replaced
   */
  update(decide: Decide, unread?: boolean): Promise<void>;
  /** Lets go of what the platform has given. */
  readonly close?: (() => void) | undefined;
}

/** Any storage as the record's place, for this client alone: one update after the other. */
export function exclusive(storage: AuthStorage): RecordStore {
  let last: Promise<unknown> = Promise.resolve();
  return {
    storage,
    update(decide, unread) {
      const update = last.then(async () => {
        const read = unread ? undefined : await storage.read().catch(unavailable);
        if (read?.kind === 'unavailable')
          throw new AuthError('storage', read.reason, { cause: read.cause });
        const value = objectIn(read?.value ?? '');
        const next = decide(isRecord(value) ? value : undefined);
        if (next) await storage.write(JSON.stringify(next));
      });
      last = update.catch(() => {});
      return update;
    },
  };
}

/** A storage that fails to read knows as little as one that says so. */
function unavailable(cause: unknown): StorageRead {
  return { kind: 'unavailable', cause };
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { DATABASE } from '../../platform/database/index.js';
import { decideBatch, type Candidate } from './decide-batch.js';
import { ConflictsChangedError, ImportStore, type Progress } from './import.store.js';
import { readLines, type Line } from './read-lines.js';
import { readPerson, type Reason, type ReasonCode } from './read-person.js';
import { SkipReport } from './skip-report.js';

/** Lines of one transaction: enough that its costs are small, and it holds locks for milliseconds. */
const BATCH_LINES = 500;

/** How often a batch is tried while others take addresses that it adds. */
const ATTEMPTS = 5;

const NOTHING: Progress = {
  positionBytes: 0,
  lines: 0,
  imported: 0,
  skipped: 0,
  reasons: {},
  reportBytes: 0,
};

export interface ImportOptions {
  /** Tells what an import would do, and adds nobody. */
  readonly isDryRun: boolean;
  /** The file of the lines that are skipped; beside the imported file by default. */
  readonly reportPath?: string | undefined;
  /** Called after each batch. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface ImportResult extends Progress {
  /** Lines that were imported before, by a process that was stopped, are part of the other counts. */
  readonly linesBefore: number;
  /** Undefined if no line was skipped. */
  readonly reportPath: string | undefined;
}

interface UserFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly digest: Buffer;
}

/** A batch in which it is known who is imported. */
interface Taken {
  readonly accepted: readonly Candidate[];
  readonly refused: ReadonlyMap<number, readonly Reason[]>;
}

/** There is no such file. */
export class NoSuchFileError extends Error {}

/**
 * Imports users from a file with one JSON object per line, in steps of some hundred lines and with
 * the same memory for every size. Each step is one transaction, together with the record how far the
 * file has been imported: stopped at any moment and started again, it imports each line once. A line
 * that cannot be imported is reported, and affects no other one.
 */
@Injectable()
export class UserImport {
  constructor(
    private readonly store: ImportStore,
    private readonly clock: Clock,
    @Inject(DATABASE) private readonly database: DataSource,
  ) {}

  /**
   * @throws NoSuchFileError if there is no such file
   * @throws an error if another process imports the same file, or the report so far is missing
   */
  async run(path: string, options: ImportOptions): Promise<ImportResult> {
    const file = await readFileOf(path);
    const before = options.isDryRun ? NOTHING : await this.store.begin(file.digest);
    const name = options.isDryRun ? `${path}.dry-run.ndjson` : `${path}.skipped.ndjson`;
    const reportPath = options.reportPath ?? name;
    const report = await SkipReport.open(reportPath, before.reportBytes);
    let after = before;
    const onProgress = (progress: Progress) => {
      after = progress;
      options.onProgress?.(progress);
    };
    try {
      if (options.isDryRun) await this.check(file, report, onProgress);
      else await this.import(file, before, report, onProgress);
      await report.finish(after.reportBytes);
    } finally {
      await report.close();
    }
    return {
      ...after,
      linesBefore: before.lines,
      reportPath: after.skipped > 0 ? reportPath : undefined,
    };
  }

  private async import(
    file: UserFile,
    before: Progress,
    report: SkipReport,
    onProgress: (progress: Progress) => void,
  ): Promise<void> {
    let progress = before;
    for await (const batch of batchesOf(file, before)) {
      progress = await retrying(() =>
        this.database.transaction((transaction) =>
          this.importBatch({ file, batch, progress, report }, transaction),
        ),
      );
      onProgress(progress);
    }
  }

  private async importBatch(
    step: { file: UserFile; batch: readonly Line[]; progress: Progress; report: SkipReport },
    transaction: EntityManager,
  ): Promise<Progress> {
    const { file, batch, progress, report } = step;
    // Before the report is written, which the other process writes, too.
    if (!(await this.store.lock(file.digest, progress, transaction)))
      throw new Error('Another process imports this file.');
    const taken = await this.take(batch, (candidates) =>
      this.store.findConflicts(candidates, transaction),
    );
    const people = taken.accepted.map(({ person }) => person);
    await this.store.add(people, transaction);
    const next = await advanced(progress, batch, taken, report);
    await this.store.advance(file.digest, next, transaction);
    return next;
  }

  private async check(
    file: UserFile,
    report: SkipReport,
    onProgress: (progress: Progress) => void,
  ): Promise<void> {
    await this.database.transaction(async (transaction) => {
      await this.store.makeSeen(transaction);
      let progress = NOTHING;
      for await (const batch of batchesOf(file, NOTHING)) {
        const taken = await this.take(batch, async (candidates) => [
          ...(await this.store.findConflicts(candidates, transaction)),
          ...(await this.store.findSeen(candidates, transaction)),
        ]);
        await this.store.addSeen(taken.accepted, transaction);
        progress = await advanced(progress, batch, taken, report);
        onProgress(progress);
      }
    });
  }

  private async take(
    batch: readonly Line[],
    findConflicts: (candidates: Candidate[]) => ReturnType<ImportStore['findConflicts']>,
  ): Promise<Taken> {
    const now = new Date(this.clock.nowMs());
    const candidates: Candidate[] = [];
    const refused = new Map<number, readonly Reason[]>();
    for (const { number: line, bytes } of batch) {
      const read = readPerson(bytes, now);
      if (read.kind === 'person') candidates.push({ line, person: read.person });
      if (read.kind === 'invalid') refused.set(line, read.reasons);
    }
    const decision = decideBatch(candidates, await findConflicts(candidates));
    return { accepted: decision.accepted, refused: new Map([...refused, ...decision.refused]) };
  }
}

async function readFileOf(path: string): Promise<UserFile> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new NoSuchFileError(`There is no file ${path}.`);
  const hash = createHash('sha256');
  if (found.size > 0) await pipeline(createReadStream(path, { end: found.size - 1 }), hash);
  return { path, sizeBytes: found.size, digest: hash.digest() };
}

async function* batchesOf(
  { path, sizeBytes }: UserFile,
  from: Progress,
): AsyncGenerator<readonly Line[]> {
  let batch: Line[] = [];
  const place = { atByte: from.positionBytes, lines: from.lines };
  for await (const line of readLines(path, place, sizeBytes)) {
    batch.push(line);
    if (batch.length < BATCH_LINES) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function retrying<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ConflictsChangedError) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Writes the report of a batch, before the batch is committed. */
async function advanced(
  progress: Progress,
  batch: readonly Line[],
  { accepted, refused }: Taken,
  report: SkipReport,
): Promise<Progress> {
  const last = batch.at(-1);
  if (!last) return progress;
  const ordered = [...refused].sort(([one], [other]) => one - other);
  const text = ordered.map(([line, reasons]) => `${JSON.stringify({ line, reasons })}\n`).join('');
  const writtenBytes = await report.write(text, progress.reportBytes);
  return {
    positionBytes: last.endsAtByte,
    lines: last.number,
    imported: progress.imported + accepted.length,
    skipped: progress.skipped + refused.size,
    reasons: addedReasons(progress.reasons, ordered),
    reportBytes: progress.reportBytes + writtenBytes,
  };
}

function addedReasons(
  before: Progress['reasons'],
  refused: readonly (readonly [number, readonly Reason[]])[],
): Progress['reasons'] {
  const counts = new Map(Object.entries(before) as [ReasonCode, number][]);
  for (const [, reasons] of refused)
    for (const code of new Set(reasons.map((reason) => reason.code)))
      counts.set(code, (counts.get(code) ?? 0) + 1);
  return Object.fromEntries(counts);
}

import type { ImportResult } from './user-import.js';

/** What an import or a dry run came to. Names are those of the command's output. */
export interface ImportResultResponse {
  readonly dry_run: boolean;
  readonly lines: number;
  /** Lines that were done by earlier runs on the same file. They are part of the other counts. */
  readonly lines_before: number;
  readonly imported: number;
  readonly skipped: number;
  readonly report: string | null;
  /** A line may be skipped for several reasons. */
  readonly reasons: readonly { readonly code: string; readonly lines: number }[];
}

export function toImportResult(result: ImportResult, isDryRun: boolean): ImportResultResponse {
  return {
    dry_run: isDryRun,
    lines: result.lines,
    lines_before: result.linesBefore,
    imported: result.imported,
    skipped: result.skipped,
    report: result.reportPath ?? null,
    reasons: Object.entries(result.reasons).map(([code, lines]) => ({ code, lines })),
  };
}

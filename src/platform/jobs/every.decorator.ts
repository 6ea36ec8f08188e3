import { SetMetadata } from '@nestjs/common';

/** Metadata key behind `@Every()`. */
export const EVERY_MS = 'evergreen:every-ms';

/**
 * Runs a method of a provider again and again in a server, and never in a command: for the first
 * time so long after the start, and then so long after the last run has ended.
 *
 * It is not `@Interval()` of `@nestjs/schedule`, since a team may import that module, too. Each
 * import of it runs the jobs of all modules, so every job would run twice.
 */
export const Every = (milliseconds: number): MethodDecorator => SetMetadata(EVERY_MS, milliseconds);

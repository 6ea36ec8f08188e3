// Loaded into a server (--import): at each SIGUSR2 it writes which of its own files have run a
// function since the last one, and starts again.
import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

const { COVERAGE_FILE } = process.env;
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

process.on('SIGUSR2', () => void write());

async function write() {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const entered = result
    .filter(({ functions }) => functions.some(({ ranges }) => ranges[0].count > 0))
    .map(({ url }) => url);
  writeFileSync(`${COVERAGE_FILE}.new`, JSON.stringify(entered));
  renameSync(`${COVERAGE_FILE}.new`, COVERAGE_FILE);
}

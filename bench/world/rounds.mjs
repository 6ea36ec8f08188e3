import { cpuMicroseconds } from './processes.mjs';

/**
 * Measures several things in rounds, in alternating order, so that other load of the machine
 * affects all equally.
 *
 * @param measures by name
 * @returns for each name, the results of all rounds
 */
export async function inRounds(rounds, measures) {
  const results = Object.fromEntries(Object.keys(measures).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const names = Object.keys(measures);
    for (const name of round % 2 ? names.reverse() : names)
      results[name].push(await measures[name]());
  }
  return results;
}

/**
 * The cost of `work`, which returns the number of its operations as `count`: microseconds of
 * processor time for one operation.
 *
 * @param pids by name
 */
export async function withCpu(pids, work) {
  const before = used(pids);
  const result = await work();
  const after = used(pids);
  const cpu = Object.fromEntries(
    Object.keys(after).map((name) => [name, (after[name] - before[name]) / result.count]),
  );
  return { ...result, cpu };
}

/** Processor times so far, including this process, which makes the load. */
function used(pids) {
  const { user, system } = process.cpuUsage();
  const named = Object.entries(pids).map(([name, pid]) => [name, cpuMicroseconds(pid)]);
  return { ...Object.fromEntries(named), load: user + system };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of the ratios of each round. */
export function medianRatio(numerators, denominators) {
  return median(numerators.map((numerator, round) => numerator / denominators[round]));
}

// docs/evidence.md, from bench/results/evidence.json. Pure: no number is here that was not
// measured.

const HEAD = `# Evidence

<!-- Written by npm run evidence from bench/results/evidence.json. Do not edit: measure. -->

Every number on this page was measured by a command, and none was typed. Each part says with which commit, when, and on which machine. Absolute times depend on the machine and on what else it does, so repeat what matters to you:

\`\`\`sh
npm run evidence                 # all parts
npm run evidence -- sizes tests  # these alone; the others stay as they are
\`\`\`

Measure speed on a quiet machine: each part says how high the load average was when it began. [How speed is measured](../bench/README.md).
`;

/** The parts of the page, in its order. `table` makes rows of what the part has measured. */
export const PARTS = [
  {
    name: 'tests',
    title: 'Tests',
    says: '`npm test` needs nothing but Node. The tests with programs also need Chromium, Redis, nginx and others.',
    table: testsTable,
  },
  {
    name: 'sizes',
    title: 'Sizes',
    says: 'What an application pays for each door of the packages: bundled by esbuild, minified, gzipped. `npm run client:check` and `npm run resource:check` fail above the limits.',
    table: sizesTable,
  },
  {
    name: 'weeks',
    title: 'Simulated weeks',
    says: 'Weeks of one user with one browser, in simulated time, with lost and late responses, outages, killed tabs and sleep ([the simulation](../packages/client/test/simulation/week.ts)). A lost session is one that ended although nobody had ended it.',
    table: weeksTable,
  },
  {
    name: 'revocation',
    title: 'Propagation of a revocation',
    says: 'Milliseconds from the response to a logout on one instance, below 0 where it was known before the response had arrived ([the script](../bench/revocation.mjs)).',
    table: revocationTable,
  },
  {
    name: 'fail-over',
    title: 'Refreshes through a fail-over',
    says: 'Clients refresh and read without a pause while the primary of a replicated PostgreSQL is killed and the replica promoted ([the test](../test/integration/fail-over.spec.ts)).',
    table: failOverTable,
  },
  {
    name: 'throughput',
    title: 'Throughput against the floor',
    says: '[The floor](../bench/README.md#what-we-compare-with) is a minimal server that verifies one token, runs one `UPDATE` and signs two tokens.',
    table: throughputTable,
  },
];

/** The page of what was measured. It depends on nothing but its argument. */
export function evidencePage(evidence) {
  return [HEAD, ...PARTS.map((part) => section(part, evidence[part.name]))].join('\n');
}

function section({ name, title, says, table }, measurement) {
  const body = measurement
    ? `${table(measurement.values)}\n\n${provenance(name, measurement)}`
    : `Not measured yet: \`npm run evidence -- ${name}\`.`;
  return `## ${title}\n\n${says}\n\n${body}\n`;
}

function provenance(name, { measuredAt, commit, machine, seconds, loadAtStart }) {
  const { processors, model, memoryGiB, node, postgres } = machine;
  const at = measuredAt.slice(0, 16).replace('T', ' ');
  return `Measured ${at} UTC by \`npm run evidence -- ${name}\` in ${seconds} s, commit \`${commit}\`${commit.endsWith('+') ? ' with changes' : ''}; ${processors} processors (${model}), ${memoryGiB} GiB, load ${loadAtStart} at the start, Node ${node}, PostgreSQL ${postgres}.`;
}

function testsTable({ files, results }) {
  const rows = [
    ['files with tests that need only Node', files.plain],
    ['files with tests that need programs', files.withPrograms],
  ];
  if (results)
    rows.push(
      ['tests that were run', results.total],
      ['passed', results.passed],
      ['failed', results.failed],
      ['skipped', results.skipped],
    );
  return table(['', 'number'], rows);
}

function sizesTable(sizes) {
  return table(
    ['package', 'door', 'bytes', 'limit'],
    sizes.map(({ package: name, door, bytes, limit }) => [`\`${name}\``, door, bytes, limit]),
  );
}

function weeksTable({ lostSessions, otherFindings, totals }) {
  return table(
    ['', 'number'],
    [
      ['weeks', totals.weeks],
      ['**lost sessions**', `**${lostSessions}**`],
      ['anything else that must not be, such as a request that never ended', otherFindings],
      ...Object.entries(totals)
        .filter(([name]) => name !== 'weeks')
        .map(([name, number]) => [inWords(name), number]),
    ],
  );
}

function revocationTable(rows) {
  return table(
    ['until', 'logouts', 'p50, ms', 'p99, ms', 'maximum, ms'],
    rows.map(({ until, count, p50, p99, maximum }) => [until, count, p50, p99, maximum]),
  );
}

function failOverTable(values) {
  return table(
    ['', 'number'],
    [
      ['sessions', values.sessions],
      ['**lost sessions**', `**${values.lostSessions}**`],
      ['refreshes that were sent', values.refreshes],
      ['granted', values.granted],
      ['refused for now, with 503 and `Retry-After`', values.unavailable],
      ['any other response to them', values.others],
      [
        'seconds from the kill to the first refresh granted after the promotion, which the test begins after the first 503',
        values.gapSeconds,
      ],
    ],
  );
}

function throughputTable(rows) {
  return table(
    ['what', 'aim', 'measured', 'holds', 'detail'],
    rows.map(({ work, aim, measured, holds, detail }) => [work, aim, measured, holds, detail]),
  );
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** `signOuts` is "sign outs". */
function inWords(name) {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

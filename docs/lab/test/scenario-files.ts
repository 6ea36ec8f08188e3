import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseScenario, type Scenario } from '../src/scenario/scenario.js';

const FOLDER = join(__dirname, '../scenarios');

/** All files of the folder `scenarios`, which the page is built with. */
export const SCENARIOS: readonly Scenario[] = readdirSync(FOLDER).map((file) =>
  parseScenario(file.replace(/[.]json$/, ''), JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))),
);

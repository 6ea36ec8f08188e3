import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import type { Environment } from '../../src/platform/config/index.js';
import {
  VARIABLE_DESCRIPTIONS,
  type VariableDescription,
} from '../../src/platform/config/variable-descriptions.js';
import { SECRETS, variables } from '../../src/platform/config/variables.js';
import { code, tableOf } from './markdown.js';

const ENVIRONMENTS: readonly Environment[] = ['development', 'staging', 'production'];

/** The variables that may be in a file. */
export function secretsReference(): string {
  return `${SECRETS.map(code).join(', ')}\n`;
}

/** All variables, a table for each subject. */
export function variablesReference(): string {
  return Object.entries(VARIABLE_DESCRIPTIONS)
    .map(([subject, described]) => `### ${subject}\n\n${tableOfSubject(described)}`)
    .join('\n');
}

function tableOfSubject(described: Readonly<Record<string, VariableDescription>>): string {
  return tableOf(
    ['variable', 'default', 'what it is'],
    Object.entries(described).map(([name, { meaning, unset }]) => [
      code(name),
      defaultOf(name, unset),
      meaning,
    ]),
  );
}

/**
 * One value; or that of development and that of the others; or those of development, staging and
 * production.
 */
function defaultOf(name: string, unset: VariableDescription['unset']): string {
  if (typeof unset === 'string') return unset;
  const values = ENVIRONMENTS.map((one) => unset?.[one] ?? defaultIn(one, name));
  if (new Set(values).size === 1) return values[0] ?? '';
  const isSameOutside = values[1] === values[2];
  return values
    .slice(0, isSameOutside ? 2 : 3)
    .map((value) => value || '–')
    .join(' · ');
}

/** From `.env.<NODE_ENV>` of the package, or from the definition of the variable. */
function defaultIn(environment: Environment, name: string): string {
  const { shape } = variables(environment);
  const schema = shape[name as keyof typeof shape];
  const inFile = parse(readFileSync(`.env.${environment}`))[name];
  if (inFile !== undefined) return code(inFile);
  if (!schema.safeParse(undefined).success) return 'required';
  return 'defaultValue' in schema.def ? code(textOf(schema.def.defaultValue)) : '';
}

/** As one would write it into the environment. */
function textOf(value: unknown): string {
  return Object.keys(Object(value)).length === 0 && typeof value === 'object' ? '' : String(value);
}

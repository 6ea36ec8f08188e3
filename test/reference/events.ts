import {
  isAnomaly,
  SECURITY_EVENTS,
  type SecurityEventType,
} from '../../src/platform/events/index.js';
import { code, joined, tableOf } from './markdown.js';
import { EVENT_NOTES } from './notes/events.js';

const TYPES = Object.keys(SECURITY_EVENTS) as SecurityEventType[];

/** All types of security events; anomalies have a table of their own. */
export function eventsReference(): string {
  const anomalies = TYPES.filter(isAnomaly);
  const others = TYPES.filter((type) => !anomalies.includes(type));
  return `${tableOfTypes(others)}\nAnomalies:\n\n${tableOfTypes(anomalies)}`;
}

function tableOfTypes(types: readonly SecurityEventType[]): string {
  return tableOf(
    ['type', 'what happened', '`details`'],
    types.map((type) => {
      const { note, details = '' } = EVENT_NOTES[type] ?? {};
      return [code(type), joined(SECURITY_EVENTS[type].meaning, note), details];
    }),
  );
}

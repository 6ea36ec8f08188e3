import type { LogEntry } from '../../client/client-log.js';
import type { TextKey } from '../../texts/en.js';

/** How a line of the log looks: an end, a failure, something new, or nothing of note. */
export type Tone = 'end' | 'failure' | 'renewal' | 'plain';

/** One line of the log: its tone, and its text with the values in it. */
export interface LogLine {
  readonly tone: Tone;
  readonly text: TextKey;
  readonly values: Readonly<Record<string, string | number>>;
  /** What has a sentence of its own: an error, or a reason why the session has ended. */
  readonly because?: unknown;
}

/** What a line of the log says. */
export function logLineOf(entry: LogEntry): LogLine {
  return entry.kind === 'event' ? lineOfEvent(entry) : lineOfExchange(entry);
}

function lineOfEvent(entry: Extract<LogEntry, { kind: 'event' }>): LogLine {
  const line = { text: `tokenLife.event.${entry.event}`, values: {} } as const;
  switch (entry.event) {
    case 'refreshFailed':
      return { ...line, tone: 'failure', because: entry.error };
    case 'sessionExpired':
      return { ...line, tone: 'end', because: { code: entry.reason } };
    case 'expiresSoon':
      return { ...line, tone: 'failure' };
    case 'signedIn':
    case 'tokenRefreshed':
      return { ...line, tone: 'renewal' };
    case 'signedOut':
    case 'reauthRequired':
      return { ...line, tone: 'end' };
    case 'offline':
      return { ...line, tone: 'failure' };
  }
}

function lineOfExchange(entry: Extract<LogEntry, { kind: 'exchange' }>): LogLine {
  const { method, path, status, code = '', outcome, isRenewed, fault } = entry;
  const values = {
    request: `${method} ${path}`,
    status: status ?? '',
    code,
    outcome: outcome ?? '',
  };
  if (fault === 'lost') return { tone: 'failure', text: 'tokenLife.lost', values };
  if (status === undefined) return { tone: 'failure', text: 'tokenLife.noResponse', values };
  if (isRenewed) return { tone: 'renewal', text: 'tokenLife.newToken', values };
  if (outcome) return { tone: 'renewal', text: outcomeText(outcome), values };
  if (status >= 400) return { tone: 'failure', text: 'tokenLife.refused', values };
  return { tone: 'plain', text: 'tokenLife.responded', values };
}

function outcomeText(outcome: string): TextKey {
  const known = ['rotated', 'reissued', 'replayed', 'renewed'] as const;
  const name = known.find((candidate) => candidate === outcome);
  return name ? `tokenLife.outcome.${name}` : 'tokenLife.responded';
}

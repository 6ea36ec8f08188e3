import { randomInt } from 'node:crypto';
import { Agent, get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Api } from './api.js';

const REQUEST_EVERY_MS = 150;
const END_EVERY_MS = 250;

/** Nobody waits longer for a response, whatever is disturbed. */
const RESPONSE_WITHIN_MS = 15_000;

/** For so long the token of an ended session is still sent: longer than the bound. */
const WATCHED_FOR_MS = 7000;

/** The token of a session, and what a service has said of it. */
interface Subject {
  readonly token: string;
  /** `uncertain`: the logout got no response, or another one than that it is done. */
  phase: 'live' | 'ending' | 'uncertain' | 'ended';
  /** When the response to its logout was received. */
  endedAtMs: number;
  /** When the service accepted it last. */
  acceptedAtMs: number;
}

/** Requests at a service, while sessions end at random. */
export interface ServiceTraffic {
  /** Each kind of response to tokens of live sessions: its status, and the code of its problem. */
  readonly answersToGood: ReadonlyMap<string, number>;
  /** The same for sessions that have ended. */
  readonly answersToEnded: ReadonlyMap<string, number>;
  /** Requests to the server that got no response within 15 s. */
  readonly withoutResponse: readonly string[];
  /** How many sessions have ended. */
  readonly endings: number;
  /**
   * The longest time from the response to a logout until the service accepted that session's token
   * for the last time; negative if it never did so after the response.
   */
  readonly latestAcceptanceMs: number;
  /** Sends the token of each ended session once more; returns each kind of response once. */
  askEnded(): Promise<string[]>;
  /** No session ends after this. */
  stopEndings(): Promise<void>;
  end(): Promise<void>;
}

export interface TrafficOptions {
  readonly service: string;
  /** Tokens of sessions that nobody ends. */
  readonly good: readonly string[];
  /** An instance of the server on which a session begins or ends. */
  readonly instance: () => string;
}

export function sendServiceTraffic({ service, good, instance }: TrafficOptions): ServiceTraffic {
  const agent = new Agent({ keepAlive: true });
  const [over, noMoreEndings] = [new AbortController(), new AbortController()];
  const [answersToGood, answersToEnded] = [new Map<string, number>(), new Map<string, number>()];
  const ended: Subject[] = [];
  const withoutResponse: string[] = [];
  const work: Promise<void>[] = [];

  const ask = async (subject: Subject) => {
    const { answer, acceptedAtMs } = await send(agent, `${service}/orders`, subject.token);
    subject.acceptedAtMs = Math.max(subject.acceptedAtMs, acceptedAtMs);
    // A request that was on its way during the logout may have either response.
    if (subject.phase === 'live') count(answersToGood, answer);
    if (subject.phase === 'ended') count(answersToEnded, answer);
    return answer;
  };
  const inTime = async <Response>(what: string, response: Promise<Response>) => {
    const late = pause(RESPONSE_WITHIN_MS, 'late' as const, { ref: false });
    const first = await Promise.race([response.catch(() => undefined), late]);
    if (first !== 'late') return first;
    withoutResponse.push(what);
    return undefined;
  };
  const keepAsking = async (subject: Subject) => {
    while (!over.signal.aborted && isWatched(subject)) {
      await ask(subject);
      await pause(REQUEST_EVERY_MS);
    }
  };
  const beginAndEnd = async () => {
    const api = new Api(instance());
    // While the database is away, nobody can sign in, and no session can end.
    const session = await inTime(`register at ${api.url}`, api.register());
    if (!session) return;
    const subject = newSubject(session.access_token);
    work.push(keepAsking(subject));
    await pause(randomInt(100, 1000));
    subject.phase = 'ending';
    const other = api.at(instance());
    const logout = await inTime(`logout at ${other.url}`, other.logout(subject.token));
    subject.endedAtMs = nowMs();
    subject.phase = logout?.status === 204 ? 'ended' : 'uncertain';
    if (subject.phase === 'ended') ended.push(subject);
  };
  const keepEnding = async () => {
    const running = new Set<Promise<void>>();
    while (!noMoreEndings.signal.aborted) {
      const one = beginAndEnd().finally(() => running.delete(one));
      running.add(one);
      await pause(randomInt(0, 2 * END_EVERY_MS));
    }
    await Promise.all(running);
  };

  work.push(...good.map((token) => keepAsking(newSubject(token))));
  const ending = keepEnding();
  return {
    answersToGood,
    answersToEnded,
    withoutResponse,
    get endings() {
      return ended.length;
    },
    get latestAcceptanceMs() {
      return Math.max(...ended.map(({ acceptedAtMs, endedAtMs }) => acceptedAtMs - endedAtMs));
    },
    askEnded: async () => {
      const answers = new Set<string>();
      for (const subject of ended) answers.add(await ask(subject));
      return [...answers];
    },
    stopEndings: async () => {
      noMoreEndings.abort();
      await ending;
    },
    end: async () => {
      noMoreEndings.abort();
      over.abort();
      await ending;
      await Promise.all(work);
      agent.destroy();
    },
  };
}

function newSubject(token: string): Subject {
  return { token, phase: 'live', endedAtMs: 0, acceptedAtMs: -Infinity };
}

function isWatched({ phase, endedAtMs }: Subject): boolean {
  if (phase === 'uncertain') return false;
  return phase !== 'ended' || nowMs() - endedAtMs < WATCHED_FOR_MS;
}

function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function count(answers: Map<string, number>, answer: string): void {
  answers.set(answer, (answers.get(answer) ?? 0) + 1);
}

interface Answer {
  readonly answer: string;
  /** By the clock of `nowMs`, as the service read it; -Infinity if it refused the token. */
  readonly acceptedAtMs: number;
}

function send(agent: Agent, url: string, token: string): Promise<Answer> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}` };
    const signal = AbortSignal.timeout(RESPONSE_WITHIN_MS);
    const sent = get(url, { agent, headers, signal }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        const { code } = JSON.parse(text) as { code?: string };
        const acceptedAtNs = response.headers['x-accepted-at-ns'];
        resolve({
          answer: [response.statusCode, code].filter(Boolean).join(' '),
          acceptedAtMs: acceptedAtNs === undefined ? -Infinity : Number(acceptedAtNs) / 1e6,
        });
      });
    });
    sent.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ answer: error.code ?? error.message, acceptedAtMs: -Infinity }),
    );
  });
}

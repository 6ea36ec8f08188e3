import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Fault } from './proxy.js';

/** The connection breaks before the request has reached the server. */
export const reset: Fault = ({ response }) => void response.socket?.resetAndDestroy();

/** Nothing is ever answered. */
export const hang: Fault = () => undefined;

/** The server has done it, and nobody hears of it. */
export const answerLost: Fault = async (exchange) => {
  await exchange.ask();
  await reset(exchange);
};

/** The answer begins and never ends. */
export const endlessBody: Fault = async ({ response, ask }) => {
  const { status, headers, body } = await ask();
  response.writeHead(status, headers).write(body.subarray(0, body.length / 2));
};

/** The answer comes byte by byte. */
export const slowBody: Fault = async ({ response, ask }) => {
  const { status, headers, body } = await ask();
  response.writeHead(status, headers);
  for (const byte of body) {
    response.write(Buffer.of(byte));
    await pause(0);
  }
  response.end();
};

/** The request reaches the server twice, as a browser sends one again whose connection has broken. */
export const twice: Fault = async ({ ask, send }) => {
  await ask();
  send(await ask());
};

/** Somebody else answers, such as a firewall. */
export function answering(status: number, headers: Record<string, string> = {}, body = ''): Fault {
  return ({ response }) => void response.writeHead(status, headers).end(body);
}

/** A problem as the server writes it. */
export function problem(status: number, code: string, members: object = {}): Fault {
  return answering(status, { 'content-type': 'application/problem+json' }, JSON.stringify({ status, code, ...members }));
}

/** The server's answer, with some headers more. */
export function withHeaders(headers: Record<string, string>): Fault {
  return async ({ ask, send }) => {
    const answer = await ask();
    send({ ...answer, headers: { ...answer.headers, ...headers } });
  };
}

/** The server's answer to a refresh, with some members of its body replaced. */
export function withMembers(members: object): Fault {
  return async ({ ask, send }) => {
    const { status, headers, body }: Answer = await ask();
    const changed = Buffer.from(JSON.stringify({ ...(JSON.parse(body.toString()) as object), ...members }));
    send({ status, headers: { ...headers, 'content-length': String(changed.length) }, body: changed });
  };
}

export const STAGES = ['before the request arrives', 'after the server has done it', 'in the middle of the answer'] as const;

export interface Barrier {
  readonly fault: Fault;
  /** Somebody has come as far as this. */
  readonly reached: Promise<void>;
  letGo(): void;
}

/** Holds requests up at one stage, until they are let go. */
export function barrierAt(stage: (typeof STAGES)[number]): Barrier {
  let arrive = () => {};
  let letGo = () => {};
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  const open = new Promise<void>((resolve) => (letGo = resolve));
  const pass = async (here: string) => {
    if (here !== stage) return;
    arrive();
    await open;
  };
  const fault: Fault = async ({ response, ask }) => {
    await pass('before the request arrives');
    const { status, headers, body } = await ask();
    await pass('after the server has done it');
    response.writeHead(status, headers).write(body.subarray(0, body.length / 2));
    await pass('in the middle of the answer');
    response.end(body.subarray(body.length / 2));
  };
  return { fault, reached, letGo: () => letGo() };
}

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

/** The answer comes in many small pieces. */
export const slowBody: Fault = async ({ response, ask }) => {
  const { status, headers, body } = await ask();
  response.writeHead(status, headers);
  for (let at = 0; at < body.length; at += 100) {
    response.write(body.subarray(at, at + 100));
    await pause(10);
  }
  response.end();
};

/**
 * The request reaches the server twice, as a browser sends one again whose connection has broken.
 */
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
  return answering(
    status,
    { 'content-type': 'application/problem+json' },
    JSON.stringify({ status, code, ...members }),
  );
}

/** This token has expired, whatever it says itself. */
export function refusing(token: string): Fault {
  const refuse = problem(401, 'token_expired');
  return (exchange) =>
    exchange.request.headers.authorization === `Bearer ${token}`
      ? refuse(exchange)
      : exchange.pass();
}

/** The server's answer to a refresh, with some members of its body replaced. */
export function withMembers(members: object): Fault {
  return async ({ ask, send }) => {
    const { status, headers, body }: Answer = await ask();
    const changed = Buffer.from(
      JSON.stringify({ ...(JSON.parse(body.toString()) as object), ...members }),
    );
    send({
      status,
      headers: { ...headers, 'content-length': String(changed.length) },
      body: changed,
    });
  };
}

/** A door that is shut: who comes to it waits until it is opened. */
interface Door {
  /** Somebody stands before it. */
  readonly reached: Promise<void>;
  letGo(): void;
}

/**
 * Holds requests up before they reach the server, until they are let go; then they fare like this.
 */
export function heldUp(then: Fault = ({ pass }) => pass()): Door & { fault: Fault } {
  const { reached, letGo, wait } = shutDoor();
  const fault: Fault = async (exchange) => {
    await wait();
    await then(exchange);
  };
  return { fault, reached, letGo };
}

export const STAGES = [
  'before the request arrives',
  'after the server has done it',
  'in the middle of the answer',
] as const;

/** Holds requests up at one stage, until they are let go. */
export function heldUpAt(stage: (typeof STAGES)[number]): Door & { fault: Fault } {
  const { reached, letGo, wait } = shutDoor();
  const arriveAt = async (here: string) => (here === stage ? wait() : undefined);
  const fault: Fault = async ({ response, ask }) => {
    await arriveAt('before the request arrives');
    const { status, headers, body } = await ask();
    await arriveAt('after the server has done it');
    response.writeHead(status, headers).write(body.subarray(0, body.length / 2));
    await arriveAt('in the middle of the answer');
    response.end(body.subarray(body.length / 2));
  };
  return { fault, reached, letGo };
}

function shutDoor(): Door & { wait: () => Promise<void> } {
  let arrive = () => {};
  let open = () => {};
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  const opened = new Promise<void>((resolve) => (open = resolve));
  const wait = async () => {
    arrive();
    await opened;
  };
  return { reached, letGo: () => open(), wait };
}

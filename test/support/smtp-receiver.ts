import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** What the server does with the next mails: refuses at a command, or says nothing more. */
export interface SmtpAnswer {
  readonly at: 'from' | 'to' | 'data';
  readonly code: number | 'silent';
}

/** A mail server of tests. */
export interface SmtpReceiver {
  /** `smtp://127.0.0.1:…`, or `smtps://`. */
  readonly url: string;
  readonly port: number;
  /** In the order in which the server accepted them. */
  readonly received: ParsedMail[];
  /** Answers to the next attempts, one each; afterwards everything is accepted. */
  readonly answers: SmtpAnswer[];
  /** How many attempts reached `MAIL FROM`. */
  readonly attempts: number;
  close(): Promise<void>;
}

/**
 * @param port to come back at the same one
 */
export async function startSmtp(options: SMTPServerOptions = {}, port = 0): Promise<SmtpReceiver> {
  const received: ParsedMail[] = [];
  const answers: SmtpAnswer[] = [];
  let attempts = 0;
  let current: SmtpAnswer | undefined;
  const respond = (at: SmtpAnswer['at'], done: (error?: Error) => void) => {
    if (current?.at !== at) return done();
    const { code } = current;
    if (code === 'silent') return undefined;
    return done(Object.assign(new Error('As the test wants it.'), { responseCode: code }));
  };
  const receiver = {
    received,
    answers,
    get attempts() {
      return attempts;
    },
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: options.key ? [] : ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 1,
    onMailFrom: (_address, _session, done) => {
      attempts += 1;
      current = answers.shift();
      respond('from', done);
    },
    onRcptTo: (_address, _session, done) => respond('to', done),
    onData: (stream, _session, done) => {
      simpleParser(stream).then(
        (mail) => {
          if (current?.at !== 'data') received.push(mail);
          respond('data', done);
        },
        // The client was killed in the middle of the text.
        () => undefined,
      );
    },
    ...options,
  });
  // A client that is killed resets its connection.
  server.on('error', () => undefined);
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  const boundPort = (server.server.address() as AddressInfo).port;
  return Object.assign(receiver, {
    url: `${options.secure ? 'smtps' : 'smtp'}://127.0.0.1:${boundPort}`,
    port: boundPort,
    close: async () => new Promise<void>((closed) => server.close(closed)),
  });
}

/** All recipients, in the order in which the mails were received. */
export function recipientsOf({ received }: Pick<SmtpReceiver, 'received'>): string[] {
  return received.flatMap(({ to }) => [to ?? []].flat().map(({ text }) => text));
}

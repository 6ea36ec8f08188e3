import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { Outbox } from '../../src/mail/index.js';
import { DATABASE } from '../../src/platform/database/index.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { startSmtp, type SmtpReceiver } from '../support/smtp-receiver.js';

// What docs/mail.md says of TLS, with an authority of one's own.
describe('a mail server with TLS', () => {
  let folder: string;
  let smtp: SmtpReceiver | undefined;
  let app: TestApp | undefined;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'evergreen-mail-'));
    makeAuthority('ca');
    makeAuthority('other');
    makeCertificate('ca', 'server', 'IP:127.0.0.1');
    makeCertificate('ca', 'elsewhere', 'DNS:mail.example.com');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(async () => {
    await app?.close();
    await smtp?.close();
    app = smtp = undefined;
  });

  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });

  function makeAuthority(name: string): void {
    openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-days', '2', '-subj', `/CN=${name}`, '-keyout', file(`${name}.key`)],
      ...['-out', file(`${name}.crt`)],
    );
  }

  function makeCertificate(authority: string, name: string, subjectAltName: string): void {
    writeFileSync(file(`${name}.ext`), `subjectAltName=${subjectAltName}`);
    openssl(
      ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-subj', '/CN=server', '-keyout', file(`${name}.key`), '-out', file(`${name}.csr`)],
    );
    openssl(
      ...['x509', '-req', '-days', '2', '-in', file(`${name}.csr`), '-out', file(`${name}.crt`)],
      ...['-CA', file(`${authority}.crt`), '-CAkey', file(`${authority}.key`), '-CAcreateserial'],
      ...['-extfile', file(`${name}.ext`)],
    );
  }

  const listen = async (certificate: string, secure: boolean) =>
    (smtp = await startSmtp({
      secure,
      key: readFileSync(file(`${certificate}.key`)),
      cert: readFileSync(file(`${certificate}.crt`)),
      // Without TLS there is no login.
      authOptional: false,
      onAuth: ({ username }, _session, done) => done(null, { user: username }),
    }));

  /** Sends a mail; returns what became of the first attempt. */
  const send = async ({ url }: SmtpReceiver, authority: string) => {
    const MAIL_URL = `${url.replace('//', '//user:secret@')}?ca=${file(authority)}.crt`;
    const running = (app = await startApp({ env: { MAIL_URL, MAIL_FROM: 'a@example.com' } }));
    const outbox = running.nest.get(Outbox);
    const data = { at: '2026-11-21T09:00:00.000Z', deviceName: null, network: null };
    await running.nest
      .get<DataSource>(DATABASE)
      .transaction((manager) =>
        outbox.add(
          { kind: 'password_changed', userId: null, recipient: 'ada@example.com', data },
          manager,
        ),
      );
    let result: string | undefined;
    await eventually(async () => {
      const text = await (await fetch(`${running.url}/metrics`)).text();
      [, result] = /evergreen_mails_total\{result="(\w+)"\} 1/.exec(text) ?? [];
      return result !== undefined;
    });
    return result;
  };

  it.each([
    ['from the beginning', true],
    ['by STARTTLS', false],
  ])('gets mail and login %s', async (_, secure) => {
    expect(await send(await listen('server', secure), 'ca')).toBe('sent');
    expect(smtp?.received).toHaveLength(1);
  });

  it.each([
    ['of another authority', 'server', 'other', true],
    ['of another authority, by STARTTLS', 'server', 'other', false],
    ['of another host', 'elsewhere', 'ca', true],
    ['of another host, by STARTTLS', 'elsewhere', 'ca', false],
  ])('gets nothing with a certificate %s', async (_, certificate, authority, secure) => {
    expect(await send(await listen(certificate, secure), authority)).toBe('postponed');
    expect(smtp?.received).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { ConfigurationError } from '../../platform/config/index.js';

/** Time limits of the single phases; `MailSender` limits all of them together. */
const TIME_LIMITS = {
  dnsTimeout: 5000,
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  // Without a byte from the server; it may scan the text before it responds.
  socketTimeout: 30_000,
};

/** On the same machine, nobody listens in between. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * The options for a URL such as `smtp://user:password@mail.example.com:587?tls=optional`. TLS is
 * required, unless the server is on this machine: otherwise an attacker in the network could remove
 * the offer of STARTTLS and read passwords and links.
 *
 * @throws ConfigurationError if the file of the certificate authority cannot be read
 */
export function smtpOptions(text: string) {
  const { protocol, hostname, port, username, password, searchParams } = new URL(text);
  const isTlsFromTheStart = protocol === 'smtps:';
  const mayBePlain = searchParams.get('tls') === 'optional' || LOOPBACK.test(hostname);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port) || (isTlsFromTheStart ? 465 : 587),
    secure: isTlsFromTheStart,
    requireTLS: !isTlsFromTheStart && !mayBePlain,
    ...(username && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
    tls: { ca: authority(searchParams.get('ca')) },
    disableFileAccess: true,
    disableUrlAccess: true,
    ...TIME_LIMITS,
  };
}

function authority(file: string | null): Buffer | undefined {
  if (file === null) return undefined;
  try {
    return readFileSync(file);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new ConfigurationError([`MAIL_URL names a ca that cannot be read (${code})`]);
  }
}

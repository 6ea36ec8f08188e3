import { escapeHtml } from '../texts/html.js';
import type { ReceivedMail } from './mailbox.js';

const STYLE = `
  :root { color-scheme: light dark; --line: light-dark(#dfe4e0, #2c3833); --accent: light-dark(#12664a, #5cc79b); }
  body { margin: 0; background: light-dark(#f6f7f5, #101513); color: light-dark(#17201c, #e8eeeb); font: 16px/1.6 system-ui, sans-serif; }
  main { margin: 2rem auto; max-width: 50rem; padding: 0 1rem; }
  h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -.02em; overflow-wrap: anywhere; }
  h2 { margin-top: 2rem; font-size: 1.1rem; }
  a { color: var(--accent); text-underline-offset: .2em; overflow-wrap: anywhere; }
  p, th, time { color: light-dark(#52605a, #a3b2ab); }
  code { font-size: .9em; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: .6rem .8rem .6rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; vertical-align: top; }
  th { font-size: .8rem; font-weight: 600; }
  pre, iframe { border: 1px solid var(--line); border-radius: 10px; background: light-dark(#fff, #18201d); }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; }
  iframe { width: 100%; height: 32rem; background: #fff; }
`;

/** All mails, the newest first. */
export function listPage(mails: readonly ReceivedMail[]): string {
  const rows = mails.map(
    (mail) => `
    <tr><td><time>${timeOf(mail)}</time></td><td>${escapeHtml(mail.recipient)}</td>
      <td><a href="mailbox/${escapeHtml(mail.id)}">${escapeHtml(mail.subject)}</a></td></tr>`,
  );
  const table = `<table><thead><tr><th>Sent</th><th>To</th><th>Subject</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  return page(
    'Mailbox',
    `<h1>Mailbox</h1>
    <p>Mails that this server has sent since its start. Without <code>MAIL_URL</code>, development
    shows them here instead of sending them. Tests read <a href="mailbox.json">/mailbox.json</a>.</p>
    ${mails.length > 0 ? table : '<p>There is none yet.</p>'}`,
  );
}

/**
 * One mail. Its HTML is in a frame in which nothing runs and no link works, so its link stands above.
 */
export function mailPage(mail: ReceivedMail): string {
  const { recipient, subject, text, html, link } = mail;
  const href = link === undefined ? '' : escapeHtml(link);
  return page(
    subject,
    `<p><a href="../mailbox">Mailbox</a></p>
    <h1>${escapeHtml(subject)}</h1>
    <p>To ${escapeHtml(recipient)}, ${timeOf(mail)}</p>
    ${href && `<p>Link: <a href="${href}">${href}</a></p>`}
    <h2>Text</h2><pre>${escapeHtml(text)}</pre>
    <h2>HTML</h2><iframe sandbox="" title="HTML" srcdoc="${escapeHtml(html)}"></iframe>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
  <meta name="viewport" content="width=device-width, initial-scale=1"><style>${STYLE}</style></head>
  <body><main>${body}</main></body></html>`;
}

function timeOf({ sentAt }: ReceivedMail): string {
  return sentAt.toISOString().replace('T', ' ').slice(0, 19);
}

import { escapeHtml } from '../texts/html.js';
import type { ReceivedMail } from './mailbox.js';

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 50rem; padding: 0 1rem; color: #1f2933; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #d9e2ec; overflow-wrap: anywhere; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f5f7fa; padding: 1rem; }
  iframe { width: 100%; height: 32rem; border: 1px solid #d9e2ec; }
`;

/** All mails, the newest first. */
export function listPage(mails: readonly ReceivedMail[]): string {
  const rows = mails.map(
    (mail) => `
    <tr><td>${timeOf(mail)}</td><td>${escapeHtml(mail.recipient)}</td>
      <td><a href="mailbox/${escapeHtml(mail.id)}">${escapeHtml(mail.subject)}</a></td></tr>`,
  );
  const table = `<table><tr><th>Sent</th><th>To</th><th>Subject</th></tr>${rows.join('')}</table>`;
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
  <meta name="viewport" content="width=device-width"><style>${STYLE}</style></head>
  <body>${body}</body></html>`;
}

function timeOf({ sentAt }: ReceivedMail): string {
  return sentAt.toISOString().replace('T', ' ').slice(0, 19);
}

import type { MailKind } from '../mail.js';
import { composeMail } from './compose-mail.js';
import { ENGLISH } from './english.js';
import { GERMAN } from './german.js';
import type { MailTemplate } from './mail-text.js';
import { plainLine, plainSubject, withoutLinks } from './plain-values.js';
import { selectTemplates } from './select-templates.js';

const LINK = 'https://example.com/page?a=1&b=2#token=abc';

/** Every value that the text of any kind is made from. */
const CONTENT = {
  recipient: 'ada@example.com',
  link: LINK,
  code: '12345678',
  expiresInMinutes: 30,
  newAddress: 'a…@example.org',
  at: '2026-11-21T09:00:00.000Z',
  deviceName: '<b>"Firefox"</b>',
  network: '192.0.2.0/24',
};

const KINDS = Object.keys(ENGLISH) as MailKind[];

function write(kind: MailKind, templates = ENGLISH) {
  const template = templates[kind] as MailTemplate<MailKind>;
  return template(CONTENT);
}

describe.each([
  ['en', ENGLISH],
  ['de', GERMAN],
])('the mails in %s', (language, templates) => {
  it.each(KINDS)('%s has the same facts in text and HTML, and loads nothing', (kind) => {
    const { subject, text, html } = write(kind, templates);
    expect(subject).toBe(plainSubject(subject));
    expect(subject.length).toBeLessThan(70);
    const facts = [LINK, '12345678', 'a…@example.org', '192.0.2.0/24', '2026'];
    for (const fact of facts.filter((one) => text.includes(one)))
      expect(html).toContain(fact.replaceAll('&', '&amp;'));
    expect(html).toContain(`<html lang="${language}">`);
    expect(html).not.toMatch(/<(img|script|link|iframe|style|b>)|src=|url\(|@import/i);
    expect(`${text}${html}`).not.toContain('undefined');
  });

  it.each(['reset_password', 'verify_address', 'verify_new_address'] as const)(
    '%s has a link, a code, and how long they are valid',
    (kind) => {
      const { text } = write(kind, templates);
      for (const part of [LINK, '12345678', '30 ']) expect(text).toContain(part);
    },
  );

  it.each(['address_change_requested', 'address_changed'] as const)(
    '%s has the new address, and a link that undoes the change',
    (kind) => {
      const { text } = write(kind, templates);
      for (const part of [LINK, 'a…@example.org']) expect(text).toContain(part);
    },
  );

  it.each(['password_changed', 'new_device', 'session_ended_for_reuse'] as const)(
    '%s says when and from where, and has no link: a thief could not make a better one',
    (kind) => {
      const { text, html } = write(kind, templates);
      expect(text).toMatch(/21.*2026.* UTC/);
      expect(text).toContain('192.0.2.0/24');
      expect(`${text}${html}`).not.toContain('https:');
    },
  );
});

describe('composeMail', () => {
  it('escapes whatever it is given', () => {
    const hostile = `"><script>alert('1')</script>&amp;`;
    const { html } = composeMail({
      language: hostile,
      subject: hostile,
      parts: [
        hostile,
        { link: hostile, label: hostile },
        { code: hostile },
        { facts: [[hostile, hostile]] },
      ],
    });
    expect(html).not.toContain('<script');
    expect(html).not.toContain(`alert('1')`);
    expect(html).toContain('&amp;amp;');
  });

  it('leaves out facts that are not known', () => {
    const parts = [{ facts: [['Device', null] as const, ['Network', 'x'] as const] }];
    const { text, html } = composeMail({ language: 'en', subject: '', parts });
    expect(text).toBe('Network: x\n');
    expect(html).not.toContain('Device');
  });
});

describe('plainLine', () => {
  it.each([
    ['a\r\nBcc: b@example.com', 'a Bcc: b@example.com'],
    ['a\u0000b\u001b[31m', 'a b [31m'],
    ['\u202egnp.exe', 'gnp.exe'],
    ['a\u2066b\u200bc\ufeffd\u2028e', 'a b c d e'],
    ['\ud800x', 'x'],
    ['Müller 😀', 'Müller 😀'],
  ])('of %j is %j', (value, line) => {
    expect(plainLine(value)).toBe(line);
  });

  it('is at most 254 characters long, and cuts none in half', () => {
    expect(plainLine('😀'.repeat(300))).toBe('😀'.repeat(254));
  });
});

describe('withoutLinks', () => {
  it.each([
    ['https://evil.example/x', 'https: / / evil. example/ x'],
    ['www.evil.example', 'www. evil. example'],
    ['a@evil.example', 'a@ evil. example'],
    ['Firefox 140.0 on Windows', 'Firefox 140.0 on Windows'],
    ['python-requests', 'python-requests'],
  ])('of %j is %j', (name, text) => {
    expect(withoutLinks(name)).toBe(text);
  });
});

describe('plainSubject', () => {
  it('is one line in one direction', () => {
    expect(plainSubject(' a\r\nBcc: b\u202ec\u2069 👩‍💻 ')).toBe('a Bcc: b c  👩‍💻');
  });
});

describe('selectTemplates', () => {
  const own = { reset_password: () => ({ subject: 'own', text: '', html: '' }) };

  it('takes ours by language', () => {
    expect(selectTemplates('de', {}).new_device).toBe(GERMAN.new_device);
  });

  it("takes a team's instead of ours", () => {
    const templates = selectTemplates('de', { de: own, en: {} });
    expect(templates.reset_password).toBe(own.reset_password);
    expect(templates.new_device).toBe(GERMAN.new_device);
  });

  it("takes a team's for another language, and English for the rest", () => {
    const templates = selectTemplates('fr', { fr: own });
    expect(templates.reset_password).toBe(own.reset_password);
    expect(templates.new_device).toBe(ENGLISH.new_device);
  });

  it.each(['fr', 'constructor', '__proto__'])('refuses %s without texts', (locale) => {
    expect(() => selectTemplates(locale, {})).toThrow(/MAIL_LOCALE/);
  });
});

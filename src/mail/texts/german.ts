import type { Happened } from '../mail.js';
import { composeMail, type MailPart } from './compose-mail.js';
import type { MailTemplates } from './mail-text.js';
import { moment } from './moment.js';

const language = 'de';
const mail = (subject: string, ...parts: MailPart[]) => composeMail({ language, subject, parts });

const NOT_YOU =
  'Wenn Sie das waren, brauchen Sie nichts zu tun. Wenn nicht, setzen Sie sofort ein neues Passwort.';

const UNDO_IN_TIME = 'Link und Code gelten einmal, drei Tage lang. Geben Sie sie niemandem weiter.';

function facts({ at, deviceName, network }: Happened): MailPart {
  return {
    facts: [
      ['Wann', moment(at, language)],
      ['Gerät', deviceName],
      ['Netz', network],
    ],
  };
}

function within(minutes: number): string {
  return minutes === 1 ? 'einer Minute' : `${minutes} Minuten`;
}

function once(expiresInMinutes: number): string {
  return `Link und Code gelten einmal, innerhalb von ${within(expiresInMinutes)}. Geben Sie sie niemandem weiter.`;
}

function linkAndCode(label: string, link: string, code: string, validity: string): MailPart[] {
  return [
    { link, label },
    'Wenn Sie nach einem Code gefragt werden, geben Sie diesen ein:',
    { code },
    validity,
  ];
}

/** The mails in German. */
export const GERMAN: MailTemplates = {
  reset_password: ({ link, code, expiresInMinutes }) =>
    mail(
      'Neues Passwort setzen',
      'Jemand, vermutlich Sie, möchte für Ihr Konto ein neues Passwort setzen.',
      ...linkAndCode('Neues Passwort setzen', link, code, once(expiresInMinutes)),
      'Wenn Sie das nicht waren, beachten Sie diese Mail nicht: Ihr Passwort bleibt, wie es ist.',
    ),
  verify_address: ({ link, code, expiresInMinutes }) =>
    mail(
      'Adresse bestätigen',
      'Bitte bestätigen Sie, dass dies Ihre Adresse ist.',
      ...linkAndCode('Adresse bestätigen', link, code, once(expiresInMinutes)),
      'Wenn Sie kein Konto bei uns haben, beachten Sie diese Mail nicht.',
    ),
  already_registered: () =>
    mail(
      'Sie haben bereits ein Konto',
      'Jemand, vermutlich Sie, wollte sich mit dieser Adresse registrieren. Sie hat bereits ein Konto; nichts wurde geändert.',
      'Melden Sie sich wie gewohnt an. Wenn Sie Ihr Passwort vergessen haben, fordern Sie bei der Anmeldung ein neues an.',
      'Wenn Sie das nicht waren, beachten Sie diese Mail nicht.',
    ),
  verify_new_address: ({ link, code, expiresInMinutes }) =>
    mail(
      'Neue Adresse bestätigen',
      'Jemand, vermutlich Sie, möchte diese Adresse für ein Konto verwenden.',
      ...linkAndCode('Neue Adresse bestätigen', link, code, once(expiresInMinutes)),
      'Wenn Sie das nicht waren, beachten Sie diese Mail nicht: Nichts wird geändert.',
    ),
  address_change_requested: ({ newAddress, link, code }) =>
    mail(
      'Ihre Adresse soll geändert werden',
      `Jemand, der in Ihrem Konto angemeldet ist, möchte dessen Adresse in ${newAddress} ändern.`,
      'Wenn Sie das waren, brauchen Sie hier nichts zu tun. Wenn nicht, verhindern Sie die Änderung:',
      ...linkAndCode('Bisherige Adresse behalten', link, code, UNDO_IN_TIME),
    ),
  address_changed: ({ newAddress, link, code }) =>
    mail(
      'Ihre Adresse wurde geändert',
      `Die Adresse Ihres Kontos ist jetzt ${newAddress}. Diese Adresse gehört nicht mehr dazu.`,
      'Wenn Sie das waren, brauchen Sie nichts zu tun. Wenn nicht, machen Sie die Änderung rückgängig:',
      ...linkAndCode('Änderung rückgängig machen', link, code, UNDO_IN_TIME),
    ),
  password_changed: (happened) =>
    mail(
      'Ihr Passwort wurde geändert',
      'Das Passwort Ihres Kontos wurde geändert.',
      facts(happened),
      NOT_YOU,
    ),
  account_deleted: (happened) =>
    mail(
      'Ihr Konto wurde gelöscht',
      'Ihr Konto wurde gelöscht, mit allem, was dazugehörte. Dies ist die letzte Mail dazu.',
      facts(happened),
      'Wenn Sie das nicht waren, schreiben Sie uns sofort. Das Konto selbst lässt sich nicht wiederherstellen.',
    ),
  new_device: (happened) =>
    mail(
      'Anmeldung mit einem neuen Gerät',
      'Jemand hat sich in Ihrem Konto mit einem Gerät angemeldet, das bisher nicht verwendet wurde.',
      facts(happened),
      NOT_YOU,
    ),
  session_ended_for_reuse: (happened) =>
    mail(
      'Eine Sitzung wurde beendet',
      'Zwei Programme haben dieselbe Anmeldung in Ihrem Konto verwendet. Eines davon gehört vielleicht jemand anderem, deshalb wurde diese Sitzung auf allen Geräten beendet, die sie verwendet haben.',
      facts(happened),
      'Melden Sie sich neu an. Wenn Sie weder Ihren Browser noch Ihr Gerät kopiert haben, setzen Sie ein neues Passwort.',
    ),
};

import type { Happened } from '../mail.js';
import { composeMail, type MailPart } from './compose-mail.js';
import type { MailTemplates } from './mail-text.js';
import { moment } from './moment.js';

const language = 'en';
const mail = (subject: string, ...parts: MailPart[]) => composeMail({ language, subject, parts });

const NOT_YOU =
  'If this was you, you need not do anything. If it was not you, set a new password now.';

const UNDO_IN_TIME = 'Link and code work once, for three days. Give them to nobody.';

function facts({ at, deviceName, network }: Happened): MailPart {
  return {
    facts: [
      ['When', moment(at, language)],
      ['Device', deviceName],
      ['Network', network],
    ],
  };
}

function within(minutes: number): string {
  return minutes === 1 ? 'one minute' : `${minutes} minutes`;
}

function once(expiresInMinutes: number): string {
  return `Link and code work once, within ${within(expiresInMinutes)}. Give them to nobody.`;
}

function linkAndCode(label: string, link: string, code: string, validity: string): MailPart[] {
  return [{ link, label }, 'If you are asked for a code, enter this one:', { code }, validity];
}

/** The mails in English. */
export const ENGLISH: MailTemplates = {
  reset_password: ({ link, code, expiresInMinutes }) =>
    mail(
      'Set a new password',
      'Somebody, probably you, wants to set a new password for your account.',
      ...linkAndCode('Set a new password', link, code, once(expiresInMinutes)),
      'If it was not you, ignore this mail: your password stays as it is.',
    ),
  verify_address: ({ link, code, expiresInMinutes }) =>
    mail(
      'Confirm your address',
      'Please confirm that this is your address.',
      ...linkAndCode('Confirm the address', link, code, once(expiresInMinutes)),
      'If you have no account with us, ignore this mail.',
    ),
  already_registered: () =>
    mail(
      'You already have an account',
      'Somebody, probably you, tried to register with this address. It already has an account, so nothing was changed.',
      'Sign in as usual. If you have forgotten your password, ask for a new one where you sign in.',
      'If it was not you, ignore this mail.',
    ),
  verify_new_address: ({ link, code, expiresInMinutes }) =>
    mail(
      'Confirm your new address',
      'Somebody, probably you, wants to use this address for an account.',
      ...linkAndCode('Confirm the new address', link, code, once(expiresInMinutes)),
      'If it was not you, ignore this mail: nothing will be changed.',
    ),
  address_change_requested: ({ newAddress, link, code }) =>
    mail(
      'A change of your address was requested',
      `Somebody who is signed in to your account wants to change its address to ${newAddress}.`,
      'If this was you, you need not do anything here. If it was not you, stop the change:',
      ...linkAndCode('Keep the present address', link, code, UNDO_IN_TIME),
    ),
  address_changed: ({ newAddress, link, code }) =>
    mail(
      'Your address was changed',
      `The address of your account is now ${newAddress}. This address no longer belongs to it.`,
      'If this was you, you need not do anything. If it was not you, undo the change:',
      ...linkAndCode('Undo the change', link, code, UNDO_IN_TIME),
    ),
  password_changed: (happened) =>
    mail(
      'Your password was changed',
      'The password of your account was changed.',
      facts(happened),
      NOT_YOU,
    ),
  account_deleted: (happened) =>
    mail(
      'Your account was deleted',
      'Your account was deleted, with everything that belonged to it. This is the last mail about it.',
      facts(happened),
      'If it was not you, write to us at once. The account itself cannot be restored.',
    ),
  new_device: (happened) =>
    mail(
      'A new device signed in',
      'Somebody signed in to your account from a device that was not used before.',
      facts(happened),
      NOT_YOU,
    ),
  session_ended_for_reuse: (happened) =>
    mail(
      'A session was ended',
      'Two programs used the same sign-in to your account. One of them may belong to somebody else, so this session was ended on all devices that used it.',
      facts(happened),
      'Sign in again. If you did not copy your browser or your device, set a new password.',
    ),
};

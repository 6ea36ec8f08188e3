import type { Messages } from '@evergreen-auth/client/messages';

/** The sentences of error codes in German; those in English come with the client. */
export const errorsDe: Messages = {
  invalid_credentials: 'E-Mail-Adresse oder Passwort stimmen nicht.',
};

import type { MessageCode, Wait } from '@evergreen-auth/client/messages';

const RELOAD =
  'In dieser Anwendung ist etwas schiefgegangen. Bitte laden Sie die Seite neu und versuchen Sie es noch einmal.';
const SIGN_IN_AGAIN = 'Bitte melden Sie sich neu an.';
const SIGN_IN = 'Bitte melden Sie sich an, um fortzufahren.';
const TROUBLE = 'Es gibt gerade eine Störung. Bitte versuchen Sie es {wait} noch einmal.';
const BUSY = 'Das waren gerade viele Versuche. Bitte versuchen Sie es {wait} noch einmal.';
const UNDONE = 'Das wurde nicht ausgeführt. Bitte versuchen Sie es noch einmal.';
const FOR_SAFETY = `Zum Schutz Ihres Kontos wurden Sie abgemeldet. ${SIGN_IN_AGAIN}`;
const ENDED = `Sie wurden abgemeldet. ${SIGN_IN_AGAIN}`;
const EXPIRED = `Sie waren eine Weile nicht hier. ${SIGN_IN_AGAIN}`;

/** The sentences of error codes in German; those in English come with the client. */
export const errorsDe: Readonly<Record<MessageCode, string>> = {
  malformed_json: RELOAD,
  malformed_request: RELOAD,
  request_refused:
    'Das wurde abgelehnt. Bitte prüfen Sie Ihre Eingabe und versuchen Sie es noch einmal.',
  cookies_ambiguous: `Sie sind hier mehrfach angemeldet. ${SIGN_IN_AGAIN}`,
  sign_in_state_invalid:
    'Diese Anmeldung hat zu lange gedauert oder ist schon abgeschlossen. Bitte beginnen Sie neu.',
  token_missing: SIGN_IN,
  token_invalid: SIGN_IN_AGAIN,
  unauthorized: SIGN_IN,
  token_expired: UNDONE,
  session_expired: EXPIRED,
  session_revoked: ENDED,
  refresh_reuse_detected: FOR_SAFETY,
  reauthentication_required: 'Bitte bestätigen Sie, dass Sie es sind.',
  proof_required: UNDONE,
  proof_invalid: UNDONE,
  invalid_credentials:
    'E-Mail-Adresse und Passwort gehören nicht zusammen. Bitte prüfen Sie beide und versuchen Sie es noch einmal.',
  csrf_failed: RELOAD,
  provider_denied:
    'Sie wurden dort nicht angemeldet. Bitte versuchen Sie es noch einmal oder melden Sie sich anders an.',
  forbidden: 'Das ist in Ihrem Konto nicht enthalten.',
  not_found: 'Das ist nicht mehr da.',
  request_timeout:
    'Die Verbindung ist langsam, und es wurde nichts geändert. Bitte versuchen Sie es noch einmal.',
  conflict: 'Das wurde inzwischen an anderer Stelle geändert. Bitte laden Sie die Seite neu.',
  email_taken:
    'Es gibt schon ein Konto mit dieser E-Mail-Adresse. Bitte melden Sie sich an, oder nehmen Sie eine andere Adresse.',
  identity_not_linked:
    'Mit dieser E-Mail-Adresse gibt es schon ein Konto. Bitte melden Sie sich wie bisher an, und verbinden Sie die beiden in den Einstellungen.',
  identity_without_address:
    'Für ein Konto brauchen wir Ihre E-Mail-Adresse. Bitte geben Sie sie frei oder melden Sie sich anders an.',
  identity_taken:
    'Das ist schon mit einem anderen Konto verbunden. Bitte melden Sie sich damit an.',
  last_sign_in_method: 'Sie können sich nur so anmelden. Bitte setzen Sie zuerst ein Passwort.',
  payload_too_large: 'Das ist zu groß zum Senden. Bitte nehmen Sie etwas Kleineres.',
  uri_too_long: RELOAD,
  unsupported_media_type: RELOAD,
  validation_failed: 'Einige Felder sind noch nicht richtig ausgefüllt. Bitte prüfen Sie diese.',
  password_unacceptable:
    'Bitte nehmen Sie ein anderes Passwort: mindestens 8 Zeichen, nicht zu lang und kein häufiges.',
  current_password_invalid:
    'Das bisherige Passwort ist ein anderes, und es wurde nichts geändert. Bitte versuchen Sie es noch einmal.',
  reauthentication_failed:
    'Wir konnten nicht bestätigen, dass Sie es sind, und nichts wurde geändert. Bitte versuchen Sie es noch einmal.',
  link_invalid: 'Dieser Link gilt nicht mehr. Bitte fordern Sie einen neuen an.',
  code_invalid:
    'Bitte geben Sie den Code aus der neuesten E-Mail ein. Wenn er nicht gilt, fordern Sie einen neuen an.',
  rate_limited: BUSY,
  headers_too_large: RELOAD,
  internal_error: 'Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es später noch einmal.',
  provider_failed:
    'Die Anmeldung dort hat nicht funktioniert. Bitte versuchen Sie es noch einmal oder melden Sie sich anders an.',
  mail_not_configured:
    'Zurzeit können keine E-Mails gesendet werden. Bitte wenden Sie sich an den Support.',
  service_unavailable: TROUBLE,

  network:
    'Es gibt gerade keine Verbindung. Bitte prüfen Sie Ihre und versuchen Sie es noch einmal.',
  timeout: 'Das dauert länger als sonst. Bitte versuchen Sie es noch einmal.',
  server: TROUBLE,
  throttled: BUSY,
  degraded: 'Die Verbindung wird wiederhergestellt. Bitte versuchen Sie es {wait} noch einmal.',
  auth: 'Das war nicht möglich. Bitte prüfen Sie Ihre Eingabe und versuchen Sie es noch einmal.',
  aborted: 'Das wurde abgebrochen.',
  storage:
    'Dieses Gerät kann gerade nicht öffnen, was auf ihm gespeichert ist. Bitte entsperren Sie es, oder versuchen Sie es noch einmal.',
  transaction_failed:
    'Dieses Gerät konnte nicht speichern, dass Sie angemeldet sind. Bitte schaffen Sie Platz und versuchen Sie es noch einmal.',
  not_authenticated: SIGN_IN,
  signed_out: 'Sie haben sich abgemeldet.',
  session_mismatch: ENDED,
  replay_impossible: UNDONE,
  disposed: RELOAD,
  declined: 'Bitte entsperren Sie die App, um fortzufahren.',
  reauth_required: `Fingerabdruck oder Gesichtserkennung wurden auf diesem Gerät geändert. ${SIGN_IN_AGAIN}`,

  none: 'Bitte melden Sie sich an.',
  expired: EXPIRED,
  revoked: ENDED,
  reused: FOR_SAFETY,

  unknown: 'Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal.',
};

const german = new Intl.RelativeTimeFormat('de');

/** `in 30 Sekunden`, as the sentences above need it. */
export const waitDe: Wait = (amount, unit) =>
  amount ? german.format(amount, unit) : 'in einem Moment';

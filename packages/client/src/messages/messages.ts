/** What people cannot help, and what a fresh page may. */
const RELOAD = 'Something went wrong in this app. Please reload the page and try again.';
const SIGN_IN_AGAIN = 'Please sign in again.';
const TROUBLE = 'We are having trouble right now. Please try again {wait}.';
const BUSY = 'There were many attempts just now. Please try again {wait}.';
const UNDONE = 'This was not done. Please try again.';
const FOR_SAFETY = `To keep your account safe, you were signed out. ${SIGN_IN_AGAIN}`;
const ENDED = `You have been signed out. ${SIGN_IN_AGAIN}`;
const EXPIRED = `You have been away for a while. ${SIGN_IN_AGAIN}`;

/**
 * A sentence in English for every code of the server and of the client, for people: it says what to
 * do, blames nobody, and has no technical words. `{wait}` stands for when to try again, such as `in
 * 30 seconds`.
 */
export const MESSAGES = {
  // Of the server.
  malformed_json: RELOAD,
  malformed_request: RELOAD,
  request_refused: 'This was refused. Please check what you entered and try again.',
  cookies_ambiguous: `You are signed in more than once here. ${SIGN_IN_AGAIN}`,
  sign_in_state_invalid: 'This sign-in took too long, or was completed before. Please begin again.',
  token_missing: 'Please sign in to go on.',
  token_invalid: SIGN_IN_AGAIN,
  unauthorized: 'Please sign in to go on.',
  token_expired: UNDONE,
  session_expired: EXPIRED,
  session_revoked: ENDED,
  refresh_reuse_detected: FOR_SAFETY,
  reauthentication_required: 'Please confirm that it is you.',
  proof_required: UNDONE,
  proof_invalid: UNDONE,
  invalid_credentials:
    'This email address and password do not belong together. Please check both and try again.',
  csrf_failed: RELOAD,
  provider_denied: 'You were not signed in there. Please try again, or sign in another way.',
  forbidden: 'Your account does not include this.',
  not_found: 'This is not here any more.',
  request_timeout: 'The connection is slow, and nothing was changed. Please try again.',
  conflict: 'This was changed somewhere else in the meantime. Please reload the page.',
  email_taken:
    'There is an account with this email address already. Please sign in, or use another address.',
  identity_not_linked:
    'There is an account with this email address already. Please sign in as before, then connect the two in your settings.',
  identity_without_address:
    'We need your email address to make an account. Please share it, or sign in another way.',
  identity_taken: 'This is connected to another account already. Please sign in with that one.',
  last_sign_in_method: 'This is your only way to sign in. Please set a password first.',
  payload_too_large: 'This is too large to be sent. Please try something smaller.',
  uri_too_long: RELOAD,
  unsupported_media_type: RELOAD,
  validation_failed: 'Some of the fields need another look. Please check them and try again.',
  password_unacceptable:
    'Please choose another password: at least 8 characters, not very long, and not a common one.',
  current_password_invalid:
    'The current password is another one, and nothing was changed. Please try again.',
  reauthentication_failed:
    'We could not confirm that it is you, and nothing was changed. Please try again.',
  link_invalid: 'This link does not work any more. Please ask for a new one.',
  code_invalid:
    'Please enter the code from the newest email. If that does not work, ask for a new one.',
  rate_limited: BUSY,
  headers_too_large: RELOAD,
  internal_error: 'Something went wrong on our side. Please try again later.',
  provider_failed: 'Signing in did not work there. Please try again, or sign in another way.',
  mail_not_configured: 'Emails cannot be sent right now. Please contact support.',
  service_unavailable: TROUBLE,

  // Of the client.
  network: 'There is no connection right now. Please check yours and try again.',
  timeout: 'This is taking longer than usual. Please try again.',
  server: TROUBLE,
  throttled: BUSY,
  degraded: 'The connection is being restored. Please try again {wait}.',
  auth: 'This could not be done. Please check what you entered and try again.',
  aborted: 'This was cancelled.',
  storage: 'This device cannot open what is stored on it right now. Please unlock it or try again.',
  transaction_failed:
    'This device could not store that you are signed in. Please free some space and try again.',
  not_authenticated: 'Please sign in to go on.',
  signed_out: 'You have signed out.',
  session_mismatch: ENDED,
  replay_impossible: UNDONE,
  disposed: RELOAD,
  declined: 'Please unlock the app to go on.',
  reauth_required: `Fingerprint or face recognition has changed on this device. ${SIGN_IN_AGAIN}`,

  // Why nobody is signed in.
  none: 'Please sign in.',
  expired: EXPIRED,
  revoked: ENDED,
  reused: FOR_SAFETY,

  /** For all else. */
  unknown: 'Something went wrong. Please try again.',
} as const;

export type MessageCode = keyof typeof MESSAGES;

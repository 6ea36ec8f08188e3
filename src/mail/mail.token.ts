/** Injection token of a team's own texts (`MailTexts`). */
export const MAIL_TEXTS = Symbol('evergreen mail texts');

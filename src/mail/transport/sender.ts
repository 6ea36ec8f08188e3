/** Who a mail is from. */
export interface Sender {
  /** Empty, or a name for people. */
  readonly name: string;
  readonly address: string;
}

/** Parses `MAIL_FROM`, whose form the configuration has checked. */
export function parseSender(from: string): Sender {
  const [, name = '', address = from] = /^(.*?)\s*<(.*)>$/.exec(from) ?? [];
  return { name, address };
}

export type DeviceKind = 'phone' | 'tablet' | 'computer' | 'unknown';

/** The first that matches; a tablet may call itself by the system of a phone. */
const KINDS: readonly (readonly [DeviceKind, RegExp])[] = [
  ['tablet', /\b(ipad|tablet|kindle|galaxy tab)\b/i],
  ['phone', /\b(iphone|android|ios|pixel|nexus|galaxy|huawei|sm-\w+)\b/i],
  ['computer', /\b(windows|macos|linux|chrome ?os|ubuntu|fedora|freebsd)\b/i],
];

/** What a device is, as far as its name says, such as "Firefox on Windows". */
export function deviceKindOf(deviceName: string): DeviceKind {
  return KINDS.find(([, pattern]) => pattern.test(deviceName))?.[0] ?? 'unknown';
}

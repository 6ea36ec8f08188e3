import fc from 'fast-check';
import { deviceNameOf, fingerprintOf } from './fingerprint.js';

const onWindows = (products: string) =>
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) ${products}`;
const CHROME = onWindows('Chrome/138.0.0.0 Safari/537.36');
const CHROME_NEXT = onWindows('Chrome/139.0.7258.66 Safari/537.36');
const EDGE = onWindows('Chrome/138.0.0.0 Safari/537.36 Edg/138.0.3351.55');
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
const FIREFOX_NEXT =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0';
const FIREFOX_ON_LINUX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const CHROME_ON_MAC =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36';
const SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15';
const SAFARI_NEXT =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15';
const onIphone = (system: string, products: string) =>
  `Mozilla/5.0 (iPhone; CPU iPhone OS ${system} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ${products} Mobile/15E148 Safari/604.1`;
const IPHONE = onIphone('18_5', 'Version/18.5');
const IPHONE_NEXT = onIphone('18_6', 'Version/18.6');
const CHROME_ON_IPHONE = onIphone('18_5', 'CriOS/138.0.7204.53');
const ANDROID =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36';
const ANDROID_TABLET =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36';
const OKHTTP = 'okhttp/4.12.0';

/** Longer than any browser's, and made to keep a pattern's engine busy. */
const HOSTILE = [
  'x',
  '/',
  ' ',
  '/ ',
  'a/1 (',
  'Mozilla/5.0 ',
  'Version/1 ',
  'iPhone',
  'like gecko ',
];

describe('fingerprintOf', () => {
  const byAgent = (userAgent: string | undefined) => fingerprintOf(undefined, userAgent);

  it('follows the device id, whatever the agent', () => {
    const prints = [undefined, '', CHROME, FIREFOX, OKHTTP].map((userAgent) =>
      fingerprintOf('device 1', userAgent),
    );
    expect(new Set(prints).size).toBe(1);
    expect(prints).not.toContain(fingerprintOf('device 2', CHROME));
  });

  it('says nothing of the device id', () => {
    expect(fingerprintOf('device-1', CHROME)).not.toContain('device-1');
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['a blank one', ' \t '],
    ['one of 201 characters', 'd'.repeat(201)],
  ])('goes by the agent for %s', (_case, deviceId) => {
    expect(fingerprintOf(deviceId, CHROME)).toBe(byAgent(CHROME));
  });

  it.each([199, 200])('goes by a device id of %d characters', (length) => {
    expect(fingerprintOf('d'.repeat(length), CHROME)).toBe(
      fingerprintOf('d'.repeat(length), undefined),
    );
    expect(fingerprintOf('d'.repeat(length), CHROME)).not.toBe(byAgent(CHROME));
  });

  it('says whether it goes by the device or by the agent', () => {
    expect(fingerprintOf('device-1', CHROME)).toMatch(/^device:/);
    expect(byAgent(CHROME)).toMatch(/^agent:/);
  });

  it('is never the same for a device and for an agent', () => {
    const text = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom(CHROME, OKHTTP, 'none', 'device:', 'agent:'),
    );
    fc.assert(
      fc.property(text, text, (deviceId, userAgent) => {
        fc.pre(deviceId.trim() !== '');
        return fingerprintOf(deviceId, userAgent) !== byAgent(userAgent);
      }),
    );
  });

  it.each([
    ['Chrome', CHROME, CHROME_NEXT],
    ['Firefox', FIREFOX, FIREFOX_NEXT],
    ['Safari', SAFARI, SAFARI_NEXT],
    ['Safari and iOS', IPHONE, IPHONE_NEXT],
    ['okhttp', OKHTTP, 'okhttp/5.0.0'],
    ['curl', 'curl/8.5.0', 'curl/8.14.1'],
  ])('survives an update of %s', (_browser, before, after) => {
    expect(byAgent(after)).toBe(byAgent(before));
  });

  it('differs by browser, by system and by kind of device', () => {
    const agents = [
      CHROME,
      EDGE,
      FIREFOX,
      FIREFOX_ON_LINUX,
      CHROME_ON_MAC,
      SAFARI,
      IPHONE,
      CHROME_ON_IPHONE,
      ANDROID,
      ANDROID_TABLET,
      OKHTTP,
    ];
    expect(new Set([...agents, 'curl/8.5.0', 'node', undefined].map(byAgent)).size).toBe(
      agents.length + 3,
    );
  });

  it.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['blanks', '   '],
    ['1001 characters', 'x'.repeat(1001)],
  ])('is "none" for an agent of %s', (_case, userAgent) => {
    expect(byAgent(userAgent)).toBe('none');
    expect(fingerprintOf('', userAgent)).toBe('none');
  });

  it.each([999, 1000])('judges an agent of %d characters', (length) => {
    expect(byAgent('x'.repeat(length))).not.toBe('none');
  });

  it.each(HOSTILE)('is quick about 1000 characters of %j', (part) => {
    byAgent(part.repeat(1000).slice(0, 999) + '!');
  });
});

describe('deviceNameOf', () => {
  it.each([
    ['Chrome on Windows', CHROME],
    ['Microsoft Edge on Windows', EDGE],
    ['Firefox on Windows', FIREFOX],
    ['Firefox on Linux', FIREFOX_ON_LINUX],
    ['Safari on macOS', SAFARI],
    ['Safari on iPhone', IPHONE],
    ['Chrome on iPhone', CHROME_ON_IPHONE],
    ['Chrome on Android', ANDROID],
    ['curl', 'curl/8.5.0'],
    ['node', 'node'],
    ['undici', 'undici'],
    ['okhttp', OKHTTP],
    ['python-requests', 'python-requests/2.32.3'],
    ['constructor', 'constructor'],
    ['Unknown device', undefined],
    ['Unknown device', ''],
    ['Unknown device', '  '],
    ['Unknown device', '/'],
  ])('is %j for %j', (name, userAgent) => {
    expect(deviceNameOf(userAgent)).toBe(name);
  });

  it.each(HOSTILE)('is quick about 5 kB of %j, and knows nothing', (part) => {
    expect(deviceNameOf(part.repeat(5000).slice(0, 5000))).toBe('Unknown device');
  });

  it('is short for a word that is long', () => {
    expect(deviceNameOf('x'.repeat(1000))).toHaveLength(80);
  });
});

import { canonicalAddress } from './email-address.js';

describe('canonicalAddress', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    ['Ada.Virtanen+x@Example.COM', 'ada.virtanen+x@example.com'],
    ["o'neil_!#$%&*/=?^`{|}~-@example.com", "o'neil_!#$%&*/=?^`{|}~-@example.com"],
    ['ada@localhost', 'ada@localhost'],
    ['ada@Bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@BÜCHER.example', 'ada@xn--bcher-kva.example'],
    ['ada@Bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
    ['ada@XN--BCHER-KVA.example', 'ada@xn--bcher-kva.example'],
    ['ada@ｅｘａｍｐｌｅ.com', 'ada@example.com'],
    ['ada@例え。テスト', 'ada@xn--r8jz45g.xn--zckzah'],
    ['ada@straße.example', 'ada@xn--strae-oqa.example'],
    ['ada@STRAẞE.example', 'ada@xn--strae-oqa.example'],
  ])('of %s is %s', (text, address) => {
    expect(canonicalAddress(text)).toBe(address);
    expect(canonicalAddress(address)).toBe(address);
  });

  it.each([
    ['nothing', ''],
    ['no @', 'ada'],
    ['two of them', 'ada@b@example.com'],
    ['no local part', '@example.com'],
    ['no domain', 'ada@'],
    ['a look-alike', 'víctim@example.com'],
    ['a sharp s', 'straße@example.com'],
    ['the sign of kelvin', '\u212Aim@example.com'],
    ['full width', 'ａda@example.com'],
    ['a quoted local part', '"ada"@example.com'],
    ['line breaks in quotes', '"a\r\nb"@example.com'],
    ['blanks around it', ' ada@example.com '],
    ['a line break behind it', 'ada@example.com\n'],
    ['no width', 'a\u200bda@example.com'],
    ['no width in its domain', 'ada@exa\u200bmple.com'],
    ['a soft hyphen', 'ada@bü\u00adcher.example'],
    ['an override of direction', 'ada@\u202eexample.com'],
    ['a NUL character', 'ada\0@example.com'],
    ['half a surrogate pair', 'ada@\ud800.example'],
    ['an empty label', 'ada@bücher..example'],
    ['a dot at its end', 'ada@bücher.example.'],
    ['a percent sign in its domain', 'ada@bücher%41.example'],
    ['a literal', 'ada@[127.0.0.1]'],
    ['a number of another script', 'ada@１'],
    ['a label of 64 characters', `ada@${'x'.repeat(64)}.example`],
  ])('is none of a text with %s', (_what, text) => {
    expect(canonicalAddress(text)).toBeUndefined();
  });

  it.each([
    [253, true],
    [254, true],
    [255, false],
  ])('of %d characters: %p', (length, isOne) => {
    expect(canonicalAddress('a@example.com'.padStart(length, 'a')) !== undefined).toBe(isOne);
  });

  it('is none where its form in ASCII is too long', () => {
    const domain = Array(8).fill('ü'.repeat(25)).join('.');
    expect(`a@${domain}`.length).toBeLessThan(254);
    expect(canonicalAddress(`a@${domain}`)).toBeUndefined();
  });

  it('looks at the length before anything else', () => {
    const beganAt = performance.now();
    canonicalAddress(`a@e${'\u0301\u0316'.repeat(24_000)}.example`);
    expect(performance.now() - beganAt).toBeLessThan(50);
  });
});

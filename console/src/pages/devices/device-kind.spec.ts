import { deviceKindOf } from './device-kind.js';

describe('deviceKindOf', () => {
  it.each([
    ['Firefox on Windows', 'computer'],
    ['Safari on macOS', 'computer'],
    ['Chrome on Linux', 'computer'],
    ['Safari on iPhone', 'phone'],
    ['Chrome on Android', 'phone'],
    ['Chrome on Pixel 9', 'phone'],
    ['Safari on iPad', 'tablet'],
    ['curl', 'unknown'],
    ['Unknown device', 'unknown'],
    ['', 'unknown'],
  ])('of "%s" is %s', (name, kind) => {
    expect(deviceKindOf(name)).toBe(kind);
  });
});

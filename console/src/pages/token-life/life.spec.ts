import { lifeOf, positionOf } from './life.js';

const NOW = 1_800_000_000_000;
const tokenOf = (claims: object) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
const anHour = tokenOf({ iat: 1000, exp: 4600, name: '\u00fc?~' });

describe('lifeOf', () => {
  it('counts from the end, so a wrong clock of the device changes nothing', () => {
    expect(lifeOf(anHour, NOW, 600)).toEqual({
      startsAt: NOW - 3_600_000,
      endsAt: NOW,
      renewedFrom: NOW - 600_000,
      refreshedFrom: NOW - 300_000,
    });
  });

  it('begins no threshold before the token', () => {
    const life = lifeOf(tokenOf({ iat: 0, exp: 30 }), NOW, 60);
    expect(life).toMatchObject({ renewedFrom: NOW - 30_000, refreshedFrom: NOW - 5000 });
  });

  it('knows nothing of a token without times', () => {
    expect(lifeOf(tokenOf({ iat: 1 }), NOW, 60)).toBeNull();
  });
});

describe('positionOf', () => {
  const life = lifeOf(anHour, NOW, 600)!;
  it.each([
    [NOW - 3_600_001, 0],
    [NOW - 3_600_000, 0],
    [NOW - 1_800_000, 0.5],
    [NOW, 1],
    [NOW + 1, 1],
  ])('is between 0 and 1: %d is at %d', (at, position) => {
    expect(positionOf(at, life)).toBe(position);
  });
});

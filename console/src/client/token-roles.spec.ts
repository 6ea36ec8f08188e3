import { rolesIn } from './token-roles.js';

const tokenWith = (claims: object) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.AA`;

describe('rolesIn', () => {
  it('is what the token says', () => {
    expect(rolesIn(tokenWith({ roles: ['admin', 'eu:support'] }))).toEqual(['admin', 'eu:support']);
  });

  it('is nothing where there are none', () => {
    expect(rolesIn(tokenWith({}))).toEqual([]);
  });

  it('does not depend on what else is there', () => {
    const claims = { name: 'Zoë 🌲 ÿ?>', roles: ['admin'] };
    expect(rolesIn(tokenWith(claims))).toEqual(['admin']);
  });
});

import { judgeHash, readStoredHash } from './stored-hash.js';

const BCRYPT_END = 'CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';
const SALT_AND_DIGEST = 'c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8';
const argon2 = (parameters: string, name = 'argon2id') =>
  `$${name}$v=19$${parameters}$${SALT_AND_DIGEST}`;

describe('judgeHash', () => {
  it.each([
    [`$2a$10$${BCRYPT_END}`],
    [`$2b$15$${BCRYPT_END}`],
    [`$2y$04$${BCRYPT_END}`],
    [argon2('m=65536,t=3,p=4')],
    [argon2('m=65536,t=3,p=4', 'argon2i')],
    [argon2('m=262144,t=4,p=1')],
    [argon2('m=65536,t=16,p=16')],
    [`$argon2i$m=65536,t=2,p=1$${SALT_AND_DIGEST}`],
    [`$argon2i$v=16$m=65536,t=2,p=1$${SALT_AND_DIGEST}`],
  ])('%s is usable', (hash) => {
    expect(judgeHash(hash)).toBe('usable');
  });

  it.each([
    [`$2b$16$${BCRYPT_END}`],
    [`$2y$31$${BCRYPT_END}`],
    [argon2('m=262145,t=1,p=1')],
    [argon2('m=262144,t=5,p=1')],
    [argon2('m=65536,t=17,p=1')],
    [argon2('m=65536,t=1,p=17')],
    [argon2('m=67108864,t=1,p=1')],
    [argon2('m=9999999999,t=9999999999,p=1')],
  ])('%s is too costly', (hash) => {
    expect(judgeHash(hash)).toBe('too_costly');
  });

  it.each([
    [''],
    ['5f4dcc3b5aa765d61d8327deb882cf99'],
    [`$2x$05$${BCRYPT_END}`],
    [`$2b$03$${BCRYPT_END}`],
    [`$2b$32$${BCRYPT_END}`],
    [`$2b$10$${BCRYPT_END}=`],
    [`$2b$10$${BCRYPT_END}\n`],
    [`{bcrypt}$2b$10$${BCRYPT_END}`],
    [`$2b$10$${BCRYPT_END.slice(1)}`],
    [argon2('m=65536,t=3,p=4', 'argon2d')],
    [argon2('m=65536,t=3,p=4,keyid=AAAA')],
    [argon2('t=3,m=65536,p=4')],
    [argon2('m=65536,t=0,p=1')],
    [argon2('m=65536,t=1,p=0')],
    [argon2('m=31,t=1,p=4')],
    [argon2('m=99999999999,t=1,p=1')],
    [`$argon2id$v=18$m=65536,t=3,p=4$${SALT_AND_DIGEST}`],
    ['$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$iekCn0Y3'],
    ['$argon2id$v=19$m=65536,t=3,p=4$c29t$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8'],
    ['$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHR$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8'],
    ['pbkdf2_sha256$260000$abc$def'],
  ])('%s is unsupported', (hash) => {
    expect(judgeHash(hash)).toBe('unsupported');
  });
});

describe('readStoredHash', () => {
  it('reads the cost of bcrypt, however high: it may have been made here', () => {
    expect(readStoredHash(`$2b$20$${BCRYPT_END}`)).toEqual({ kind: 'bcrypt', cost: 20 });
  });

  it('reads the memory of Argon2', () => {
    expect(readStoredHash(argon2('m=19456,t=2,p=1'))).toEqual({
      kind: 'argon2',
      memoryKib: 19_456,
      isTooCostly: false,
    });
  });
});

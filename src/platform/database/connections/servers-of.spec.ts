import { serversOf } from './servers-of.js';

describe('serversOf', () => {
  it.each([
    [
      'one server',
      'postgres://u:p@one:5432/evergreen?sslmode=verify-full',
      ['postgres://u:p@one:5432/evergreen?sslmode=verify-full'],
    ],
    [
      'two servers',
      'postgresql://u:p@one:5432,two:6543/evergreen?sslmode=verify-full',
      [
        'postgresql://u:p@one:5432/evergreen?sslmode=verify-full',
        'postgresql://u:p@two:6543/evergreen?sslmode=verify-full',
      ],
    ],
    [
      'ports left out',
      'postgres://u:p@one,two/evergreen',
      ['postgres://u:p@one/evergreen', 'postgres://u:p@two/evergreen'],
    ],
    [
      'addresses',
      'postgres://u@[::1]:5432,10.0.0.2/x',
      ['postgres://u@[::1]:5432/x', 'postgres://u@10.0.0.2/x'],
    ],
    [
      'a comma in the password',
      'postgres://u:a,b@one,two/x',
      ['postgres://u:a,b@one/x', 'postgres://u:a,b@two/x'],
    ],
    ['nobody to log in as', 'postgres://one,two/x', ['postgres://one/x', 'postgres://two/x']],
  ])('%s', (_what, url, servers) => expect(serversOf(url)).toEqual(servers));
});

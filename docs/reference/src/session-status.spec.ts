import { sessionStatus } from './session-status.js';

const ADA = { id: '1', email: 'ada@example.com' };

describe('sessionStatus', () => {
  it('names who is signed in, and leads to the console where there is one', () => {
    const snapshot = { status: 'authenticated', user: ADA, expiresAt: 0 } as const;
    expect(sessionStatus(snapshot, true)).toMatchObject({
      text: ADA.email,
      link: expect.any(String) as string,
    });
    expect(sessionStatus(snapshot, false)).not.toHaveProperty('link');
  });

  it('leads whoever is signed out to the console, or to the dialog where there is none', () => {
    const snapshot = { status: 'unauthenticated', reason: 'none' } as const;
    expect(sessionStatus(snapshot, true)).toHaveProperty('link');
    expect(sessionStatus(snapshot, false)).toEqual({ text: expect.stringContaining('Authorize') });
  });

  it.each(['loading', 'locked'] as const)('says nothing while the session is %s', (status) => {
    expect(sessionStatus({ status }, true)).toEqual({ text: '' });
  });
});

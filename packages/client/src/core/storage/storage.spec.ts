import { signedIn } from '../record/record.js';
import { type AuthStorage, exclusive } from './storage.js';

const RECORD = signedIn(
  { generation: 0, deviceId: 'd' },
  { access_token: 'a', expires_in: 60, session_id: 's', user: { id: 'u', email: 'u@example.com' } },
  0,
);

describe('exclusive', () => {
  it.each<[string, AuthStorage['read']]>([
    ['says that it cannot be read', async () => ({ kind: 'unavailable' })],
    ['rejects', () => Promise.reject(new Error('locked'))],
  ])('changes nothing in a storage that %s', async (_how, read) => {
    const write = jest.fn();
    await expect(exclusive({ read, write }).update(() => RECORD)).rejects.toMatchObject({
      kind: 'storage',
    });
    expect(write).not.toHaveBeenCalled();
  });

  it('lets one update follow the other', async () => {
    let stored: string | undefined;
    const store = exclusive({
      read: async () => (stored ? { kind: 'value', value: stored } : { kind: 'absent' }),
      write: async (value) => {
        await Promise.resolve();
        stored = value;
      },
    });
    await Promise.all(
      [1, 2, 3].map(() =>
        store.update((record) => ({ ...RECORD, generation: (record?.generation ?? 0) + 1 })),
      ),
    );
    expect(JSON.parse(stored ?? '')).toMatchObject({ generation: 3 });
  });

  it('takes what is no record for none', async () => {
    const store = exclusive({
      read: async () => ({ kind: 'value', value: '{"generation":' }),
      write: async () => {},
    });
    await store.update((record) => {
      expect(record).toBeUndefined();
      return undefined;
    });
  });
});

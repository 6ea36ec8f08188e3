import { lastUnusual } from './unusual-events.js';

const event = (type: string, minute: number) => ({
  type,
  occurred_at: `2026-11-21T09:0${minute}:00.000Z`,
  device_name: null,
});

describe('lastUnusual', () => {
  it('is the first unusual one', () => {
    const events = [event('login_succeeded', 3), event('new_device', 2), event('new_network', 1)];
    expect(lastUnusual(events)).toEqual(event('new_device', 2));
  });

  it('is none where all is as usual', () => {
    expect(lastUnusual([event('login_succeeded', 1), event('of_a_later_version', 2)])).toBe(
      undefined,
    );
    expect(lastUnusual([])).toBe(undefined);
  });
});

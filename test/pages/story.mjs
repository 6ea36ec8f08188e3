import pg from 'pg';

export const ADA = { email: 'ada@example.com', password: 'violet-Harbor-73-lantern' };

const WRONG = 'copper-Meadow-58-anchor';

/** Devices of Ada, in the order of her sign-ins, with the networks that they are in. */
const DEVICES = [
  {
    address: '203.0.113.24',
    agent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15',
  },
  {
    address: '198.51.100.7',
    agent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Mobile/15E148 Safari/604.1',
  },
  {
    address: '203.0.113.24',
    agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:139.0) Gecko/20100101 Firefox/139.0',
  },
  {
    address: '192.0.2.99',
    agent:
      'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36',
  },
];

/** Registers Ada, who then signs in on her devices, mistypes her password, and ends a session. */
export async function tellStory(call) {
  const names = { first_name: 'Ada', last_name: 'Lovelace' };
  const [first, ...others] = DEVICES.map(headersOf);
  await call('POST', '/api/auth/register', { body: { ...ADA, ...names }, headers: first });
  for (const headers of others) {
    if (headers === others.at(-1))
      await call('POST', '/api/auth/login', { body: { ...ADA, password: WRONG }, headers });
    const { body } = await call('POST', '/api/auth/login', { body: ADA, headers });
    await call('POST', '/api/auth/refresh', {
      body: { refresh_token: body.refresh_token },
      headers,
    });
  }
  const { body } = await call('POST', '/api/auth/login', { body: ADA, headers: others[0] });
  await call('POST', '/api/auth/logout', { token: body.access_token, headers: others[0] });
}

function headersOf({ agent, address }, place) {
  return {
    'user-agent': agent,
    'x-forwarded-for': address,
    'x-device-id': `00000000-0000-4000-8000-00000000000${place}`,
  };
}

const HOURS_BETWEEN_SESSIONS = 31;
const HOURS_BETWEEN_EVENTS = 9;

/** Spreads what has just happened over the last days; the newest stays the newest. */
export async function backdate(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `UPDATE sessions SET created_at = created_at - age, last_used_at = last_used_at - age / 3
     FROM (SELECT id, (row_number() OVER (ORDER BY id DESC)) * interval '${HOURS_BETWEEN_SESSIONS} hours' AS age
           FROM sessions) AS aged
     WHERE aged.id = sessions.id`,
  );
  await client.query(
    `UPDATE security_events SET occurred_at = occurred_at - age
     FROM (SELECT id, (row_number() OVER (ORDER BY id DESC)) * interval '${HOURS_BETWEEN_EVENTS} hours' AS age
           FROM security_events) AS aged
     WHERE aged.id = security_events.id`,
  );
  await client.end();
}

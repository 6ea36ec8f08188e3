import { useAuth } from '@evergreen-auth/client/react';
import { useEffect, useState } from 'react';
import { SETTINGS } from '../../settings.js';
import { type Life, lifeOf } from './life.js';

/**
 * The life of the present access token, and of the one before it until the next one is there;
 * `undefined` until there is a first one, `null` where it cannot be had.
 */
export function useLife(): Life | null | undefined {
  const { client, expiresAt } = useAuth();
  const [life, setLife] = useState<Life | null>();
  useEffect(() => {
    if (expiresAt === undefined) return undefined;
    let isCurrent = true;
    client.getAccessToken().then(
      (token) => isCurrent && setLife(lifeOf(token, expiresAt, SETTINGS.renewBelowSeconds)),
      () => isCurrent && setLife((before) => before ?? null),
    );
    return () => void (isCurrent = false);
  }, [client, expiresAt]);
  return life;
}

import { createHmac, createSecretKey } from 'node:crypto';

export const floorKey = createSecretKey(Buffer.alloc(32, 'floor'));
const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

export function signForFloor(claims) {
  const input = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${input}.${createHmac('sha256', floorKey).update(input).digest('base64url')}`;
}

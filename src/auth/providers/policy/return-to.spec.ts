import { pageToReturnTo } from './return-to.js';

const BASE = 'https://auth.example.com';
const ALLOWED = [BASE, 'https://app.example.com'];
const pageOf = (text: string) => pageToReturnTo(text, BASE, (origin) => ALLOWED.includes(origin));

describe('pageToReturnTo', () => {
  it.each([
    ['/', 'https://auth.example.com/'],
    ['/notes?id=7', 'https://auth.example.com/notes?id=7'],
    ['/notes#token=stolen', 'https://auth.example.com/notes'],
    ['https://app.example.com/notes', 'https://app.example.com/notes'],
    ['https://app.example.com:443/', 'https://app.example.com/'],
    ['/a/../b', 'https://auth.example.com/b'],
    ['/?next=//evil.example', 'https://auth.example.com/?next=//evil.example'],
  ])('%s is %s', (text, page) => expect(pageOf(text)).toBe(page));

  it.each([
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    'https://evil.example',
    'http://auth.example.com',
    'https://auth.example.com:8443/',
    'https://auth.example.com.evil.example/',
    'https://auth.example.com@evil.example/',
    'https://user:pass@app.example.com/',
    'https://app.example.com%2eevil.example/',
    'javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'blob:https://app.example.com/7',
    'file:///etc/passwd',
    'https://',
    'https://[::1',
  ])('%j is none of ours', (text) => expect(pageOf(text)).toBeUndefined());
});

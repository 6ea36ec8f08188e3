import { pageAfterProvider, pageWanted } from './after-sign-in.js';

const PAGES = ['/', '/account', '/sign-in', '/sign-up'];

describe('pageAfterProvider', () => {
  it.each([
    ['/sign-in', { from: '/account' }, '/sign-in?to=/account'],
    ['/sign-up', { from: '/account' }, '/sign-in?to=/account'],
    ['/sign-in', null, '/sign-in?to=/'],
    ['/account', null, '/sign-in?to=/account'],
  ])('for %s with %j is %s', (path, state, page) => {
    expect(pageAfterProvider(path, state, PAGES)).toBe(page);
  });
});

describe('pageWanted', () => {
  it.each([
    ['?to=/account', '/account'],
    ['?to=https://evil.example', '/'],
    ['?to=//evil.example', '/'],
    ['?to=', '/'],
    ['', undefined],
    ['?from=/account', undefined],
  ])('of %p is %p', (search, page) => {
    expect(pageWanted(search, PAGES)).toBe(page);
  });
});

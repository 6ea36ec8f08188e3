import { pageFrom } from './page-from.js';

describe('pageFrom', () => {
  const pages = ['/', '/account'];

  it('is the page that led to the form', () => {
    expect(pageFrom({ from: '/account' }, pages)).toBe('/account');
  });

  it.each([null, undefined, 'text', {}, { from: 1 }, { from: 'https://example.com' }])(
    'is the start page for all else: %p',
    (state) => {
      expect(pageFrom(state, pages)).toBe('/');
    },
  );
});

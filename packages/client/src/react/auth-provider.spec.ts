import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { SignedIn } from './index.js';

describe('SignedIn', () => {
  it('says what is missing where there is no AuthProvider', () => {
    expect(() => renderToString(createElement(SignedIn))).toThrow(
      'There is no AuthProvider above this component.',
    );
  });
});

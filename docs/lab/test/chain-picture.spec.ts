import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chainPicture } from './chain-picture.js';

const FILE = join(__dirname, '../../pictures/chain.svg');

describe('docs/pictures/chain.svg', () => {
  // UPDATE_PICTURES=1 npx jest chain-picture
  it('shows what the laboratory shows', () => {
    if (process.env.UPDATE_PICTURES) writeFileSync(FILE, chainPicture());
    expect(readFileSync(FILE, 'utf8')).toBe(chainPicture());
  });

  it('has every standing of a token in it', () => {
    for (const standing of ['unused', 'confirmed', 'superseded', 'spent'])
      expect(chainPicture()).toContain(`<g class="${standing}"`);
  });
});

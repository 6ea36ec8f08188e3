import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lifePicture } from './life-picture.js';

const FILE = join(__dirname, '../../docs/pictures/life-of-a-session.svg');

describe('docs/pictures/life-of-a-session.svg', () => {
  // UPDATE_PICTURES=1 npx jest life-picture
  it('is what its script draws', () => {
    if (process.env.UPDATE_PICTURES) writeFileSync(FILE, lifePicture());
    expect(readFileSync(FILE, 'utf8')).toBe(lifePicture());
  });

  it('says in words what it shows', () => {
    expect(lifePicture()).toMatch(/<title>Two sessions[.]/);
  });
});

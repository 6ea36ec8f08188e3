import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { confirmOnUsePicture, outcomesOf, PANELS } from './confirm-on-use-picture.js';

const FILE = join(__dirname, '../../pictures/confirm-on-use.svg');

describe('docs/pictures/confirm-on-use.svg', () => {
  // UPDATE_PICTURES=1 npx jest confirm-on-use
  it('is what the program draws', () => {
    if (process.env.UPDATE_PICTURES) writeFileSync(FILE, confirmOnUsePicture());
    expect(readFileSync(FILE, 'utf8')).toBe(confirmOnUsePicture());
  });

  it('tells of histories that the server answers as it says', () => {
    expect(PANELS.map((panel) => [panel.title, outcomesOf(panel)])).toEqual([
      ['A lost response', ['rotated', 'reissued', 'rotated']],
      ['Two tabs', ['rotated', 'replayed', 'rotated']],
      ['A thief', ['rotated', 'reissued', 'rotated', 'reused']],
    ]);
  });

  it('has all its words as text, and a description of the same words', () => {
    const [, description = ''] = /<desc[^>]*>(.*)<\/desc>/.exec(confirmOnUsePicture()) ?? [];
    for (const { title, steps, result } of PANELS)
      for (const words of [title, ...steps.flat(), result]) {
        expect(confirmOnUsePicture()).toContain(`>${words}</text>`);
        expect(description).toContain(words);
      }
  });
});

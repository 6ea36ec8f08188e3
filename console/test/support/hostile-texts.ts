import type { Page } from 'playwright-core';

/** What somebody may call a device or a user, to do harm to the page that shows it. */
export const HOSTILE_TEXTS: readonly string[] = [
  '<script>window.hacked = true</script><img src=x onerror="window.hacked=true">',
  'Chrome\u202e\u2066 niw no',
  'x'.repeat(4096),
  '\u05e9\u05dc\u05d5\u05dd \u{1f469}\u200d\u{1f4bb} '.repeat(400),
];

/** True if nothing of the page is wider than the window. */
export async function isWithinWidth(page: Page): Promise<boolean> {
  return page.evaluate(
    () => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
  );
}

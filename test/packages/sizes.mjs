import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/**
 * Prints how large the doors of a package are as an application's bundler leaves them, minified and
 * gzipped: a table, or JSON with the argument `--json`. The process fails if one is above its limit.
 *
 * @param {{ name: string, code: string, limit: number, external?: string[] }[]} doors `code` is what
 *   the application imports, `limit` in bytes, and `external` what it has anyway
 * @param {{ folder: string, platform?: 'browser' | 'node' }} options `folder` is one of the package
 */
export async function checkSizes(doors, { folder, platform = 'browser' }) {
  const sizes = [];
  for (const { name, limit, ...door } of doors)
    sizes.push({ door: name, bytes: await bytesOf(door, folder, platform), limit });
  console.log(
    process.argv.includes('--json') ? JSON.stringify(sizes) : sizes.map(inWords).join('\n'),
  );
  process.exitCode = sizes.some(isTooLarge) ? 1 : 0;
}

async function bytesOf({ code, external = [] }, folder, platform) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder },
    // The doors as they are published, not as our own tests find them.
    tsconfigRaw: {},
    bundle: true,
    minify: true,
    format: 'esm',
    platform,
    external,
    write: false,
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

function isTooLarge({ bytes, limit }) {
  return bytes > limit;
}

function inWords(size) {
  const verdict = isTooLarge(size) ? 'TOO LARGE' : '';
  return `${size.door.padEnd(14)} ${String(size.bytes).padStart(6)} bytes of ${size.limit} ${verdict}`;
}

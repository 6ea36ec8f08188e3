import { dirname } from 'node:path';
import { createRequire } from 'node:module';
import { type Browser, chromium } from 'playwright-core';
import { build } from 'esbuild';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-sync'];

/** Debian's Chromium, without a window. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
}

export const REACT_VERSIONS = ['19', '18'] as const;
export type ReactVersion = (typeof REACT_VERSIONS)[number];

/** One script of all that `entry` needs, with the React of this version. */
export async function bundle(
  entry: string,
  { platform = 'browser', react = '19' }: { platform?: 'browser' | 'node'; react?: ReactVersion } = {},
) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform,
    format: platform === 'node' ? 'cjs' : 'esm',
    jsx: 'automatic',
    // With its warnings, such as those of a page that differs from what the server has rendered.
    define: { 'process.env.NODE_ENV': '"development"' },
    alias: react === '18' ? REACT_18 : {},
  });
  return outputFiles[0]?.text ?? '';
}

const from = createRequire(`${process.cwd()}/test/react-18/package.json`);
const REACT_18 = { react: dirname(from.resolve('react')), 'react-dom': dirname(from.resolve('react-dom')) };

import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { build } from 'esbuild';

export const REACT_VERSIONS = ['19', '18'] as const;

interface Target {
  readonly platform?: 'browser' | 'node';
  readonly react?: (typeof REACT_VERSIONS)[number];
}

/** One script of all that `entry` needs. */
export async function bundle(
  entry: string,
  { platform = 'browser', react = '19' }: Target = {},
): Promise<string> {
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

const react18 = createRequire(`${process.cwd()}/test/react-18/package.json`);
const REACT_18 = {
  react: dirname(react18.resolve('react')),
  'react-dom': dirname(react18.resolve('react-dom')),
};

import { join } from 'node:path';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // It works on any host for static files, below any path.
  base: './',
  resolve: {
    alias: { '#protocol': join(import.meta.dirname, '../../packages/protocol/src/index.ts') },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/lab',
    emptyOutDir: true,
    assetsDir: 'files',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const CLIENT = join(import.meta.dirname, '../packages/client/src');

/** The server reads which paths are pages of the console. */
const pagesForServer: Plugin = {
  name: 'pages-for-server',
  generateBundle() {
    const source = readFileSync(join(import.meta.dirname, 'pages.json'), 'utf8');
    this.emitFile({ type: 'asset', fileName: 'pages.json', source });
  },
};

export default defineConfig({
  root: import.meta.dirname,
  // A proxy may serve the console below a path, so pages and files name each other by relative URLs.
  base: './',
  plugins: [react(), pagesForServer],
  resolve: {
    alias: [
      { find: /^@evergreen-auth\/client$/, replacement: join(CLIENT, 'core/index.ts') },
      { find: /^@evergreen-auth\/client\/(.+)$/, replacement: join(CLIENT, '$1/index.ts') },
      { find: '#protocol', replacement: join(CLIENT, '../../protocol/src/index.ts') },
    ],
  },
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    assetsDir: 'console',
    // A file within a stylesheet or a script would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': 'http://localhost:8000' } },
});

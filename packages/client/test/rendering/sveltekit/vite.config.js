import { resolve } from 'node:path';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

const SOURCE = resolve(import.meta.dirname, '../../../src');

export default defineConfig({
  plugins: [sveltekit()],
  // The client as it is in this repository. An application has the package, and not these lines.
  resolve: {
    alias: [
      { find: /^@evergreen-auth\/client$/, replacement: `${SOURCE}/core/index.ts` },
      { find: /^@evergreen-auth\/client\/(.+)$/, replacement: `${SOURCE}/$1/index.ts` },
    ],
  },
  server: { fs: { allow: ['../../..', '../../../../../node_modules'] } },
});

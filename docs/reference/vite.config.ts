import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type HtmlTagDescriptor, type Plugin } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const SWAGGER_UI = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));

/** Where the server has the page's files, seen from the page, which is at `/docs`. */
const FILES = './docs/';

/**
 * The page at `/docs`. Its files have names with a hash of their content, so that browsers may keep
 * them, and the page refers to them by relative URLs, so that it works below any path.
 */
export default defineConfig({
  root: at('.'),
  base: './',
  publicDir: false,
  resolve: { alias: { '@evergreen-auth/client': at('../../packages/client/src/core/index.ts') } },
  build: {
    outDir: at('../../dist/reference'),
    emptyOutDir: true,
    assetsDir: '',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  experimental: {
    renderBuiltUrl: (name, { hostType }) =>
      hostType === 'html' ? FILES + name : { relative: true },
  },
  plugins: [swaggerUi()],
});

/**
 * Adds Swagger UI as it is published: it is minified already, and bundling it again would take
 * longer than all the rest of the build.
 */
function swaggerUi(): Plugin {
  const files = ['swagger-ui.css', 'swagger-ui-bundle.js'].map((name) => {
    const source = readFileSync(join(SWAGGER_UI, name));
    const hash = createHash('sha256').update(source).digest('base64url').slice(0, 8);
    return { fileName: name.replace('.', `-${hash}.`), source };
  });
  return {
    name: 'evergreen:swagger-ui',
    apply: 'build',
    generateBundle() {
      for (const file of [...files, ...licences()]) this.emitFile({ type: 'asset', ...file });
    },
    transformIndexHtml: {
      order: 'post',
      handler: () => files.map(({ fileName }) => tagOf(FILES + fileName)),
    },
  };
}

/** Whoever passes Swagger UI on has to pass these on, too. */
function licences(): { fileName: string; source: Buffer }[] {
  return ['LICENSE', 'NOTICE'].map((name) => ({
    fileName: `swagger-ui-${name}.txt`,
    source: readFileSync(join(SWAGGER_UI, name)),
  }));
}

function tagOf(url: string): HtmlTagDescriptor {
  return url.endsWith('.css')
    ? { tag: 'link', attrs: { rel: 'stylesheet', href: url }, injectTo: 'head-prepend' }
    : { tag: 'script', attrs: { defer: true, src: url }, injectTo: 'head-prepend' };
}

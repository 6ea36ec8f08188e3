export default {
  // What SvelteKit generates, beside all else that is built.
  kit: { outDir: 'dist' },
};

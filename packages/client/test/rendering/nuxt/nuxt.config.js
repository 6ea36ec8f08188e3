export default defineNuxtConfig({
  compatibilityDate: '2026-01-01',
  // NUXT_PUBLIC_AUTH_URL
  runtimeConfig: { public: { authUrl: '' } },
});

/** A client with `fetch` that checks every successful response with zod, and throws the others. */
export default {
  evergreen: {
    input: './generated/openapi.json',
    output: {
      target: './generated/orval/client.ts',
      client: 'fetch',
      baseUrl: { runtime: 'process.env.API_URL' },
      schemas: { path: './generated/orval/schemas', type: 'zod' },
      override: { fetch: { runtimeValidation: true, forceSuccessResponse: true } },
    },
  },
};

type Fetch = Pick<typeof globalThis, 'Request' | 'Response'>;

/**
 * The classes of `fetch`. Jest's environment `jsdom` has neither `Request` nor `Response`, although
 * the Node that runs it has both: then they are those of Node.
 */
export const { Request, Response }: Fetch = hasFetch(globalThis) ? globalThis : globalsOfNode();

function hasFetch(globals: Partial<Fetch>): boolean {
  return !!globals.Request && !!globals.Response;
}

/** An environment of Jest is a context of its own; those of Node are in the main one. */
function globalsOfNode(): Fetch {
  const { process } = globalThis as Partial<typeof globalThis>;
  const vm = process?.getBuiltinModule('vm');
  return (vm?.runInThisContext('globalThis') ?? globalThis) as Fetch;
}

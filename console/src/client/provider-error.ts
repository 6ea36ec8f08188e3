interface WithError {
  readonly providerError?: string;
}

/**
 * Moves why a sign-in with a login provider has failed, `#error=…`, from the address bar into the
 * state of this entry of the history: it is gone with the next page, and after a reload. Call it
 * before the page is rendered.
 */
export function takeProviderError(): void {
  const code = new URLSearchParams(location.hash.slice(1)).get('error');
  const { providerError: former, ...state } = Object(history.state) as WithError;
  if (code) history.replaceState({ ...state, providerError: code }, '', urlWithoutHash());
  else if (former !== undefined) history.replaceState(state, '');
}

/** The code of that error, on the page that the provider has led back to. */
export function providerError(): string | undefined {
  return (Object(history.state) as WithError).providerError;
}

function urlWithoutHash(): string {
  return location.pathname + location.search;
}

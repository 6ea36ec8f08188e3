interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  readonly path: string;
}

/** A browser without scripts: it keeps cookies by host and path, and follows redirects. */
export class Browser {
  private cookies: Cookie[] = [];

  /** Another browser with the same cookies. */
  copy(): Browser {
    const copy = new Browser();
    copy.cookies = [...this.cookies];
    return copy;
  }

  cookie(name: string): Cookie | undefined {
    return this.cookies.find((cookie) => cookie.name === name);
  }

  /** One request, without following a redirect. */
  async request(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('cookie', this.cookiesFor(new URL(url)));
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const text of response.headers.getSetCookie()) this.keep(text, new URL(url));
    return response;
  }

  /** Follows redirects until one leads to a URL that `isEnd`, which is returned unvisited. */
  async follow(url: string, isEnd: (url: string) => boolean): Promise<string> {
    let next = url;
    for (let count = 0; count < 12; count++) {
      if (isEnd(next)) return next;
      const response = await this.request(next);
      const location = response.headers.get('location');
      if (!location) throw new Error(`${next}: ${response.status} ${await response.text()}`);
      next = new URL(location, next).href;
    }
    throw new Error(`${url} does not come to an end.`);
  }

  private keep(text: string, url: URL): void {
    const [pair = '', ...attributes] = text.split(';').map((part) => part.trim());
    const [name = '', value = ''] = pair.split(/=(.*)/s, 2);
    const attribute = (wanted: string) =>
      attributes
        .find((one) => one.toLowerCase().startsWith(`${wanted}=`))
        ?.slice(wanted.length + 1);
    const path = attribute('path') ?? '/';
    this.cookies = this.cookies.filter(
      (cookie) => cookie.name !== name || cookie.host !== url.host || cookie.path !== path,
    );
    const expires = attribute('expires');
    const isOver =
      attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) < Date.now());
    if (!isOver) this.cookies.push({ name, value, host: url.host, path });
  }

  private cookiesFor({ host, pathname }: URL): string {
    return this.cookies
      .filter((cookie) => cookie.host === host && isBelow(pathname, cookie.path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }
}

function isBelow(path: string, base: string): boolean {
  return path === base || path.startsWith(base.endsWith('/') ? base : `${base}/`);
}

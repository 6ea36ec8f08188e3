import type { AuthClient, Snapshot } from '@evergreen-auth/client';

/** What the header of the page says about the session. */
export interface SessionStatus {
  /** In front of the text, where there is room. */
  readonly prefix?: string;
  readonly text: string;
  /** Leads to the console. */
  readonly link?: string;
}

/** @param hasConsole whether this server has a page to sign in */
export function sessionStatus(snapshot: Snapshot, hasConsole: boolean): SessionStatus {
  switch (snapshot.status) {
    case 'loading':
    case 'locked':
      return { text: '' };
    case 'authenticated':
      return {
        prefix: 'Signed in as ',
        text: snapshot.user.email,
        ...(hasConsole && { link: 'Open the console' }),
      };
    case 'unauthenticated':
      return hasConsole
        ? { text: 'Signed out', link: 'Sign in to try routes' }
        : { text: 'Signed out: use “Authorize” to try routes' };
  }
}

/** Shows the status in an element, and keeps it up to date. */
export function showSession(client: AuthClient, element: HTMLElement, hasConsole: boolean): void {
  const show = () => {
    const snapshot = client.getSnapshot();
    element.dataset.status = snapshot.status;
    element.replaceChildren(...partsOf(sessionStatus(snapshot, hasConsole)));
  };
  client.subscribe(show);
  show();
}

function partsOf({ prefix = '', text, link }: SessionStatus): HTMLElement[] {
  const whole = spanOf('session-text', '');
  whole.title = prefix + text;
  whole.append(spanOf('session-prefix', prefix), text);
  return link === undefined ? [whole] : [whole, linkOf(link)];
}

function spanOf(className: string, text: string): HTMLElement {
  const span = document.createElement('span');
  span.className = className;
  span.textContent = text;
  return span;
}

function linkOf(text: string): HTMLElement {
  const link = document.createElement('a');
  link.href = './';
  link.textContent = text;
  return link;
}

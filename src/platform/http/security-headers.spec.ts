import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import { securityHeaders } from './security-headers.js';

const DIRECTIVES = 'content-security-policy';

/** Where a header is not helmet's, and why. */
const OTHER_HEADERS: Record<string, { value: string; why: string }> = {
  'x-frame-options': { value: 'DENY', why: 'no page of ours is framed, not even by ours' },
};

/** Where a directive of the Content-Security-Policy is not helmet's, and why. */
const OTHER_DIRECTIVES: Record<string, { value: string | undefined; why: string }> = {
  'frame-ancestors': { value: "'none'", why: 'no page of ours is framed, not even by ours' },
  'upgrade-insecure-requests': {
    value: undefined,
    why: 'without TLS, the page at /docs could not load its own scripts',
  },
};

/** What helmet sets on a response when nothing is configured. */
function headersOfHelmet(): Record<string, string> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet()(request, response, (error) => expect(error).toBeUndefined());
  return Object.fromEntries(
    Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]),
  );
}

/** The directives of a Content-Security-Policy, by name; a directive may have no value. */
function directivesOf(policy = ''): Record<string, string> {
  return Object.fromEntries(
    policy.split(';').map((directive) => {
      const [name = '', ...values] = directive.trim().split(' ');
      return [name, values.join(' ')];
    }),
  );
}

/** The values with those replaced that are meant to differ; `undefined` stands for absent. */
function withOthers(
  values: Record<string, string>,
  others: Record<string, { value: string | undefined }>,
): Record<string, string> {
  const replaced = Object.entries(others).map(([name, { value }]) => [name, value]);
  return Object.fromEntries(
    Object.entries({ ...values, ...Object.fromEntries(replaced) }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
}

describe('securityHeaders', () => {
  it("are helmet's, name by name, but for those that are listed with a reason", () => {
    const { [DIRECTIVES]: _theirs, ...theirs } = headersOfHelmet();
    const { [DIRECTIVES]: _ours, ...ours } = securityHeaders({ environment: 'production' });
    expect(ours).toEqual(withOthers(theirs, OTHER_HEADERS));
  });

  it("have helmet's directives for content, but for those that are listed with a reason", () => {
    const theirs = directivesOf(headersOfHelmet()[DIRECTIVES]);
    const ours = directivesOf(securityHeaders({ environment: 'production' })[DIRECTIVES]);
    expect(Object.keys(theirs).length).toBeGreaterThan(5);
    expect(ours).toEqual(withOthers(theirs, OTHER_DIRECTIVES));
  });

  it('are listed as different only where they differ', () => {
    const headers = headersOfHelmet();
    const directives = directivesOf(headers[DIRECTIVES]);
    for (const [name, { value }] of Object.entries(OTHER_HEADERS))
      expect(headers[name]).not.toBe(value);
    for (const [name, { value }] of Object.entries(OTHER_DIRECTIVES))
      expect(directives[name]).not.toBe(value);
  });

  it.each([
    ['production', true],
    ['staging', true],
    ['development', false],
  ] as const)('in %s ask browsers for TLS: %s', (environment, asks) => {
    expect('strict-transport-security' in securityHeaders({ environment })).toBe(asks);
  });
});

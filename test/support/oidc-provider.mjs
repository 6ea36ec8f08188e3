/**
 * A real provider of OpenID Connect in a process of its own, on a free port of the loopback
 * interface. Its parent configures it, and says who signs in there next.
 */
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

let account = {};
let isDenied = false;
let isAway = false;
let answer = (_request, response) => response.writeHead(503).end();

const server = createServer((request, response) =>
  isAway ? response.writeHead(503).end() : answer(request, response),
);

function configure({ issuer, clients, withoutIss }) {
  const provider = new Provider(issuer, {
    clients,
    claims: { email: ['email', 'email_verified'], profile: ['given_name', 'family_name'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => false },
    cookies: { keys: ['of a test'] },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ ...account, sub: id }) }),
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session.accountId,
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const callback = provider.callback();
  answer = (request, response) => {
    if (!request.url.startsWith('/interaction/')) return callback(request, response);
    const result = isDenied ? { error: 'access_denied' } : { login: { accountId: account.sub } };
    return provider.interactionFinished(request, response, result);
  };
}

process.on('message', ({ configuration, ...settings }) => {
  if (configuration) configure(configuration);
  if (settings.account) account = settings.account;
  isDenied = settings.isDenied ?? false;
  isAway = settings.isAway ?? false;
  process.send('done');
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send(server.address().port));

import { gql } from '@apollo/client/core';
import { apolloWith } from './apollo.js';
import { CREDENTIALS, outcomes, useWorld } from './support.js';

const ME = gql`
  query Me {
    me
  }
`;

describe('apolloWith', () => {
  const world = useWorld();
  beforeEach(() => {
    world.server.handle('POST /graphql', (_request, { user }) => ({ data: { me: user.email } }));
  });

  it('asks by a new token where the old one has expired', async () => {
    const apollo = apolloWith(world.client, `${world.server.url}/graphql`);
    await world.signInAndExpire();
    expect((await apollo.query({ query: ME })).data).toEqual({ me: CREDENTIALS.email });
    expect(outcomes(world)).toEqual(['rotated']);
  });

  it('forgets what it has when its user signs out', async () => {
    const apollo = apolloWith(world.client, `${world.server.url}/graphql`);
    await world.client.login(CREDENTIALS);
    await apollo.query({ query: ME });
    expect(apollo.cache.extract()).not.toEqual({});
    await world.client.logout();
    expect(apollo.cache.extract()).toEqual({});
    await expect(apollo.query({ query: ME })).rejects.toMatchObject({ statusCode: 401 });
  });
});

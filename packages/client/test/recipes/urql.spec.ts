import { CREDENTIALS, outcomes, useWorld } from './support.js';
import { urqlWith } from './urql.js';

describe('urqlWith', () => {
  const world = useWorld();
  beforeEach(() => {
    world.server.handle('POST /graphql', (_request, { user }) => ({ data: { me: user.email } }));
  });

  it('asks by a new token where the old one has expired', async () => {
    const urql = urqlWith(world.client, `${world.server.url}/graphql`);
    await world.signInAndExpire();
    expect((await urql.query('{ me }', {})).data).toEqual({ me: CREDENTIALS.email });
    expect(outcomes(world)).toEqual(['rotated']);
  });

  it('tells that nobody is signed in', async () => {
    const urql = urqlWith(world.client, `${world.server.url}/graphql`);
    const { error } = await urql.query('{ me }', {});
    expect(error?.response).toMatchObject({ status: 401 });
  });
});

import { DEVICE_KINDS, signIn, useConsole } from './support/console.js';

const world = useConsole();

describe.each(DEVICE_KINDS)('/sign-in on a %s', (kind) => {
  it('signs in, and leads to the start page', async () => {
    const person = await world.signUp();
    const { page } = await world.openDevice(kind);
    await page.goto(`${world.url}/sign-in`);
    await signIn(page, person);
    await page.getByText(person.email).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
  });
});

import { HttpHooks } from './http-hooks.js';

/** For a command, which serves no requests. */
export class NoHooks extends HttpHooks {
  override onServer(): void {}

  override trustProxies(): void {}

  override defineMember(): void {}

  override routeOf(): undefined {
    return undefined;
  }
}

import type { AuthClient } from '../core/index.js';

/** The part of React Native's `AppState` that is used. */
export interface AppStateModule {
  addEventListener(type: 'change', listener: (state: string) => void): { remove(): void };
}

/**
 * Looks after the session whenever the app comes to the front: timers stand still while an app
 * sleeps.
 *
 * @returns stops it
 * @example const stop = appStateSource(client, AppState);
 */
export function appStateSource(
  client: Pick<AuthClient, 'notify'>,
  AppState: AppStateModule,
): () => void {
  const subscription = AppState.addEventListener('change', (state) => {
    if (state === 'active') client.notify('active');
  });
  return () => subscription.remove();
}

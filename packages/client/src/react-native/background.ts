import type { AuthClient, AuthError } from '../core/index.js';

/** What has become of a refresh in the background. */
export type BackgroundResult =
  | { readonly kind: 'refreshed' }
  | { readonly kind: 'signed_out' }
  /** The session could not be read just now. */
  | { readonly kind: 'locked' }
  | { readonly kind: 'failed'; readonly error: AuthError };

/**
 * Refreshes the session, which keeps it alive where people open an app less often than a session
 * lives: for the handler of `expo-background-task` or `react-native-background-fetch`. Never
 * rejects. Nothing depends on it: an app in front refreshes by itself.
 *
 * @param options.timeoutMs iOS gives an app 30 seconds, of which this takes 20
 */
export async function refreshInBackground(
  client: Pick<AuthClient, 'getAccessToken' | 'getSnapshot'>,
  { timeoutMs = 20_000 } = {},
): Promise<BackgroundResult> {
  try {
    await client.getAccessToken({ forceRefresh: true, timeoutMs });
    return { kind: 'refreshed' };
  } catch (error) {
    const { status } = client.getSnapshot();
    if (status === 'locked') return { kind: 'locked' };
    if (status === 'unauthenticated') return { kind: 'signed_out' };
    return { kind: 'failed', error: error as AuthError };
  }
}

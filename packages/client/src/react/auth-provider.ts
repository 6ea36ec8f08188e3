import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react';
import type { AuthClient, Snapshot } from '../core/index.js';

export interface AuthProviderProps {
  /** One for the whole application, made outside of all components. */
  readonly client: AuthClient;
  /** What the server knew when it rendered the page. It is shown until the client knows more. */
  readonly initialSession?: Snapshot | undefined;
  readonly children?: ReactNode;
}

interface AuthSource {
  readonly client: AuthClient;
  readonly initial: Snapshot;
}

const AuthContext = createContext<AuthSource | undefined>(undefined);

/**
 * Tells the components below it of the session. Rendered on a server it touches neither timers,
 * storage nor network.
 */
export function AuthProvider({
  client,
  initialSession = { status: 'loading' },
  children,
}: AuthProviderProps): ReactElement {
  // It may be another object each time, and a context that changes disturbs what is not hydrated
  // yet.
  const [initial] = useState(initialSession);
  const source = useMemo(() => ({ client, initial }), [client, initial]);
  return createElement(AuthContext.Provider, { value: source }, children);
}

export function useClient(): AuthClient {
  return useSource().client;
}

/**
 * Each component listens for itself: one that is hydrated late is then hydrated with what the
 * server rendered, whatever has happened since.
 */
export function useSnapshot(): Snapshot {
  const { client, initial } = useSource();
  const read = () => {
    const snapshot = client.getSnapshot();
    return snapshot.status === 'loading' ? initial : snapshot;
  };
  return useSyncExternalStore(client.subscribe, read, () => initial);
}

function useSource(): AuthSource {
  const source = useContext(AuthContext);
  if (!source) throw new Error('There is no AuthProvider above this component.');
  return source;
}

interface Open {
  readonly promise: Promise<void>;
  readonly end: (error?: Error) => void;
}

let open: Open | undefined;
const listeners = new Set<() => void>();

function change(next: Open | undefined): void {
  open = next;
  for (const listener of listeners) listener();
}

/** What the client asks the user for: to prove again who they are. */
export const proofRequest = {
  /** Opens it. Resolves when they have, and rejects where they do not want to. */
  begin: (): Promise<void> => {
    let end: Open['end'] = () => undefined;
    const promise = new Promise<void>((resolve, reject) => {
      end = (error) => (error ? reject(error) : resolve());
    });
    change({ promise, end });
    return promise;
  },
  isOpen: (): boolean => open !== undefined,
  /** Without a proof, the requests that wait for it get the refusal of the server. */
  end: (isProven: boolean): void => {
    open?.end(isProven ? undefined : new Error('The user has not proved who they are.'));
    change(undefined);
  },
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

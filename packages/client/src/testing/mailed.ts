import type { User } from '#protocol';
import { missing, Refusal } from './problems.js';
import type { Sessions } from './sessions.js';

const MINUTE = 60_000;

/** As on the real server. */
const MAX_ATTEMPTS = 5;

type Purpose = 'reset_password' | 'verify_address' | 'change_address' | 'undo_address_change';

/** A mail that the server has sent. `token` and `code` are there where it has a link. */
export interface FakeMail {
  readonly kind: string;
  readonly to: string;
  readonly token?: string;
  readonly code?: string;
}

export interface Account {
  readonly user: User;
  /** Undefined where there is none. */
  password: string | undefined;
}

/** Who sends a request. */
export interface Asker {
  readonly device: string;
  /** The user who is signed in. */
  readonly user?: User | undefined;
  readonly body: Record<string, unknown>;
}

interface Proof {
  readonly purpose: Purpose;
  readonly userId: string;
  readonly address: string;
  readonly device: string;
  readonly token: string;
  readonly code: string;
  readonly number: number;
  readonly expiresAt: number;
  attempts: number;
}

/** The routes that mail links and codes, and take them. Their mails are kept in a list. */
export interface Mailed {
  readonly mails: readonly FakeMail[];
  registered(user: User, device: string): void;
  alreadyRegistered(email: string): void;
  passwordChanged(user: User): void;
  /** Whether somebody may still return to this address. */
  isReserved(email: string, userId?: string): boolean;
  forgotPassword(asker: Asker): void;
  resetPassword(asker: Asker): void;
  verifyEmail(asker: Asker): void;
  sendVerification(asker: Asker & { readonly user: User }): void;
  changeEmail(asker: Asker & { readonly user: User }): void;
  undoEmailChange(asker: Asker): void;
  deleteAccount(user: User): void;
}

export function createMailed(
  accounts: Map<string, Account>,
  sessions: Sessions,
  acceptable: (password: unknown) => string,
): Mailed {
  const mails: FakeMail[] = [];
  const proofs = new Set<Proof>();
  let count = 0;

  function issue(purpose: Purpose, userId: string, address: string, device: string): Proof {
    const minutes = purpose === 'undo_address_change' ? 72 * 60 : 30;
    const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
    const code = String(random % 10 ** 8);
    const proof: Proof = {
      purpose,
      userId,
      address,
      device,
      token: crypto.randomUUID(),
      code: code.padStart(8, '0'),
      number: count++,
      expiresAt: sessions.now() + minutes * MINUTE,
      attempts: 0,
    };
    proofs.add(proof);
    return proof;
  }

  function send(kind: string, to: string, proof?: Proof): void {
    mails.push({ kind, to, ...(proof && { token: proof.token, code: proof.code }) });
  }

  function live(matches: (proof: Proof) => boolean): Proof[] {
    return [...proofs].filter((proof) => proof.expiresAt > sessions.now() && matches(proof));
  }

  function end(matches: (proof: Proof) => boolean): void {
    for (const proof of proofs) if (matches(proof)) proofs.delete(proof);
  }

  function byCode(code: unknown, candidates: Proof[]): Proof {
    const digits = typeof code === 'string' ? code.replace(/[\s-]/g, '') : '';
    if (!/^\d{8}$/.test(digits)) throw new Refusal('code_invalid');
    const tried = candidates.filter((proof) => proof.attempts++ < MAX_ATTEMPTS);
    const found = tried.find((proof) => proof.code === digits);
    if (!found) throw new Refusal('code_invalid');
    return found;
  }

  /** The proof of a link, and whether who asked for it, or is signed in, presents it. */
  function byToken({ device, user, body }: Asker, ...purposes: Purpose[]) {
    const [proof] = live(
      ({ token, purpose }) => token === body.token && purposes.includes(purpose),
    );
    if (!proof) throw new Refusal('link_invalid');
    const isByAsker = (device !== 'none' && device === proof.device) || proof.userId === user?.id;
    if (!isByAsker) byCode(body.code, [proof]);
    return { proof, isByAsker };
  }

  function accountOf({ userId }: Proof): Account {
    return [...accounts.values()].find(({ user }) => user.id === userId) as Account;
  }

  function dropPending(userId: string): void {
    end((proof) => proof.userId === userId && proof.purpose !== 'undo_address_change');
  }

  /** Whoever is signed in sees it, too. */
  function prove(account: Account, email: string): void {
    accounts.delete(account.user.email);
    Object.assign(account.user, { email, email_verified: true });
    accounts.set(email, account);
  }

  /** Removes what a stranger may have set, or a thief knows. */
  function takeOver(account: Account, device: string): void {
    const { id, email } = account.user;
    account.password = undefined;
    sessions.endAll(id);
    send('reset_password', email, issue('reset_password', id, email, device));
  }

  function move(account: Account, address: string, device: string): void {
    const { id, email, email_verified } = account.user;
    if (accounts.has(address) || isReserved(address, id)) throw new Refusal('link_invalid');
    dropPending(id);
    if (email_verified)
      send('address_changed', email, issue('undo_address_change', id, email, device));
    prove(account, address);
  }

  function isReserved(email: string, userId?: string): boolean {
    return (
      live(
        (proof) =>
          proof.purpose === 'undo_address_change' &&
          proof.address === email &&
          proof.userId !== userId &&
          accountOf(proof).user.email !== email,
      ).length > 0
    );
  }

  function verify(proof: Proof, isByAsker: boolean, device: string): void {
    const account = accountOf(proof);
    if (proof.purpose === 'change_address') {
      if (!isByAsker) throw new Refusal('code_invalid');
      move(account, proof.address, device);
      return;
    }
    const isFirst = !account.user.email_verified && !isByAsker;
    prove(account, proof.address);
    end(({ userId, purpose }) => userId === proof.userId && purpose === 'verify_address');
    if (!isFirst) return;
    dropPending(proof.userId);
    takeOver(account, device);
  }

  return {
    mails,
    registered(user, device) {
      const { id, email } = user;
      send('verify_address', email, issue('verify_address', id, email, device));
    },
    alreadyRegistered: (email) => send('already_registered', email),
    passwordChanged({ id, email }) {
      end(
        ({ userId, purpose }) =>
          userId === id && (purpose === 'reset_password' || purpose === 'change_address'),
      );
      send('password_changed', email);
    },
    isReserved,
    forgotPassword({ device, body }) {
      const account = accounts.get(String(body.email));
      if (!account) return;
      const { id, email } = account.user;
      send('reset_password', email, issue('reset_password', id, email, device));
    },
    resetPassword(asker) {
      const { token, email, code, new_password } = asker.body;
      if (token === undefined && (email === undefined || code === undefined))
        throw missing(email === undefined ? 'token' : 'code');
      const password = acceptable(new_password);
      const proof =
        token === undefined
          ? byCode(
              code,
              live((one) => one.purpose === 'reset_password' && one.address === email),
            )
          : byToken({ ...asker, user: undefined }, 'reset_password').proof;
      const account = accountOf(proof);
      account.password = password;
      prove(account, proof.address);
      dropPending(proof.userId);
      sessions.endAll(proof.userId);
      send('password_changed', proof.address);
    },
    verifyEmail(asker) {
      const { token, code } = asker.body;
      if (token === undefined && code === undefined) throw missing('token');
      if (token !== undefined) {
        const { proof, isByAsker } = byToken(asker, 'verify_address', 'change_address');
        verify(proof, isByAsker, asker.device);
        return;
      }
      const own = live(
        ({ userId, purpose }) =>
          userId === asker.user?.id &&
          (purpose === 'verify_address' || purpose === 'change_address'),
      );
      verify(byCode(code, own), true, asker.device);
    },
    sendVerification({ user, device }) {
      if (!user.email_verified) this.registered(user, device);
    },
    changeEmail({ user, device, body }) {
      const address = String(body.new_email);
      if (!/.@./.test(address) || address === user.email) throw invalid('new_email');
      end(({ userId, purpose }) => userId === user.id && purpose === 'change_address');
      const proof = issue('change_address', user.id, address, device);
      if (accounts.has(address)) send('already_registered', address);
      else if (!isReserved(address, user.id)) send('verify_new_address', address, proof);
      if (!user.email_verified) return;
      const undo = issue('undo_address_change', user.id, user.email, device);
      send('address_change_requested', user.email, undo);
    },
    undoEmailChange(asker) {
      const { proof } = byToken(asker, 'undo_address_change');
      const account = accountOf(proof);
      prove(account, proof.address);
      end(
        (other) =>
          other.userId === proof.userId &&
          !(
            other.purpose === 'undo_address_change' &&
            other.number < proof.number &&
            other.address !== proof.address
          ),
      );
      takeOver(account, asker.device);
    },
    deleteAccount({ id, email }) {
      const reserved = live(
        ({ userId, purpose }) => userId === id && purpose === 'undo_address_change',
      );
      for (const to of new Set([email, ...reserved.map(({ address }) => address)]))
        send('account_deleted', to);
      end(({ userId }) => userId === id);
      accounts.delete(email);
      sessions.endAll(id);
    },
  };
}

function invalid(field: string): Refusal {
  return new Refusal('validation_failed', {
    fieldErrors: [{ field, message: `${field} is not acceptable` }],
  });
}

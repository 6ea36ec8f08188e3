import { useAuth } from '@evergreen-auth/client/react';
import { type ReactNode, useMemo, useState } from 'react';
import type { ApiError } from '../../client/api.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';
import { PageHead } from '../../ui/page-head.js';
import { Waiting } from '../../ui/waiting.js';
import { OperatorApi, type UserDetails } from './operator-api.js';
import styles from './operators-page.module.css';
import { RoleGate } from './role-gate.js';
import { TokenForm } from './token-form.js';
import { UserPanel } from './user-panel.js';
import { UserSearch } from './user-search.js';

/** Only in the memory of this tab: who opens another one, or loads this one again, is asked again. */
let keptToken: string | undefined;

/** For operators: users with the role `admin`, and who has `ADMIN_TOKEN` and no account. */
export default function OperatorsPage() {
  const { status } = useAuth();
  const [token, setToken] = useState(keptToken);
  const [isRefused, setRefused] = useState(false);
  const change = (next: string | undefined) => {
    keptToken = next;
    setToken(next);
  };
  const operator = useMemo(() => {
    const onRefused = () => {
      keptToken = undefined;
      setToken(undefined);
      setRefused(true);
    };
    return token === undefined ? undefined : new OperatorApi(token, onRefused);
  }, [token]);
  if (operator) return <Desk operator={operator} onLeave={() => change(undefined)} />;
  if (status === 'loading') return <Waiting />;
  const form = <TokenForm isRefused={isRefused} onToken={change} />;
  return status === 'authenticated' ? <ByRole otherwise={form} /> : form;
}

interface ByRoleProps {
  /** For a user without the role. */
  readonly otherwise: ReactNode;
}

/** For a user who is signed in: by their role, as long as the server takes it. */
function ByRole({ otherwise }: ByRoleProps) {
  const [isOpen, setOpen] = useState(false);
  const [refusal, setRefusal] = useState<ApiError>();
  const operator = useMemo(() => {
    const onRefused = (error: ApiError) => {
      setRefusal(error);
      setOpen(false);
    };
    return new OperatorApi(undefined, onRefused);
  }, []);
  if (isOpen) return <Desk operator={operator} />;
  const gate = { operator, otherwise, refusal, onOpen: () => setOpen(true) };
  return <RoleGate {...gate} />;
}

interface DeskProps {
  readonly operator: OperatorApi;
  /** Forgets the token, where there is one. */
  readonly onLeave?: () => void;
}

function Desk({ operator, onLeave }: DeskProps) {
  const { t } = useTexts();
  /** Null where nobody was found. */
  const [user, setUser] = useState<UserDetails | null>();
  return (
    <>
      <PageHead title={t('operators.title')} intro={t('operators.intro')}>
        {onLeave && <Button onClick={onLeave}>{t('operators.leave')}</Button>}
      </PageHead>
      <div className={styles.desk}>
        <UserSearch operator={operator} onFound={setUser} />
        {user === null && <Notice kind="info">{t('operators.nobody')}</Notice>}
        {user && <UserPanel key={user.id} operator={operator} user={user} onChanged={setUser} />}
      </div>
    </>
  );
}

import { useMemo, useState } from 'react';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';
import { PageHead } from '../../ui/page-head.js';
import { OperatorApi, type UserDetails } from './operator-api.js';
import { TokenForm } from './token-form.js';
import { UserPanel } from './user-panel.js';
import { UserSearch } from './user-search.js';
import styles from './operators-page.module.css';

/** Only in the memory of this tab: who opens another one, or loads this one again, is asked again. */
let keptToken: string | undefined;

/** For operators, who need `ADMIN_TOKEN` and no account. */
export default function OperatorsPage() {
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
  if (!operator) return <TokenForm isRefused={isRefused} onToken={change} />;
  return <Desk operator={operator} onLeave={() => change(undefined)} />;
}

interface DeskProps {
  readonly operator: OperatorApi;
  readonly onLeave: () => void;
}

function Desk({ operator, onLeave }: DeskProps) {
  const { t } = useTexts();
  /** Null where nobody was found. */
  const [user, setUser] = useState<UserDetails | null>();
  return (
    <>
      <PageHead title={t('operators.title')} intro={t('operators.intro')}>
        <Button onClick={onLeave}>{t('operators.leave')}</Button>
      </PageHead>
      <div className={styles.desk}>
        <UserSearch operator={operator} onFound={setUser} />
        {user === null && <Notice kind="info">{t('operators.nobody')}</Notice>}
        {user && <UserPanel key={user.id} operator={operator} user={user} onChanged={setUser} />}
      </div>
    </>
  );
}

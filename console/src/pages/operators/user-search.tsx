import type { SubmitEvent } from 'react';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';
import { TextField } from '../../ui/text-field.js';
import { useAction } from '../../ui/use-action.js';
import type { OperatorApi, UserDetails } from './operator-api.js';
import styles from './user-search.module.css';

interface UserSearchProps {
  readonly operator: OperatorApi;
  /** Is given null where nobody was found. */
  readonly onFound: (user: UserDetails | null) => void;
}

/** Finds a user by address or id. What was asked for is in no URL, since proxies log these. */
export function UserSearch({ operator, onFound }: UserSearchProps) {
  const { t, errorText } = useTexts();
  const action = useAction(async (wanted: string) => {
    onFound((await operator.find(wanted)) ?? null);
  });
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const wanted = new FormData(event.currentTarget).get('user');
    if (typeof wanted === 'string') void action.run(wanted.trim());
  };
  return (
    <form className={styles.search} role="search" onSubmit={onSubmit}>
      <TextField
        name="user"
        label={t('operators.user')}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={254}
        required
      />
      <Button kind="primary" type="submit" busy={action.isBusy}>
        {t('operators.find')}
      </Button>
      {action.error !== undefined && <Notice kind="error">{errorText(action.error)}</Notice>}
    </form>
  );
}

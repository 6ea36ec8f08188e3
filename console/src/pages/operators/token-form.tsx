import { ApiError } from '../../client/api.js';
import { useTexts } from '../../texts/texts-provider.js';
import { FormCard, type FormValues } from '../../ui/form-card.js';
import { Notice } from '../../ui/notice.js';
import { TextField } from '../../ui/text-field.js';
import { useAction } from '../../ui/use-action.js';
import { OperatorApi } from './operator-api.js';
import styles from './token-form.module.css';

interface TokenFormProps {
  /** True if the server has taken the token before, and does not any more. */
  readonly isRefused: boolean;
  /** Is given a token that the server takes. */
  readonly onToken: (token: string) => void;
}

/** Asks for the token of operators, and tries it. */
export function TokenForm({ isRefused, onToken }: TokenFormProps) {
  const { t } = useTexts();
  const action = useAction(async ({ admin_token = '' }: FormValues) => {
    const token = admin_token.trim();
    await new OperatorApi(token).check();
    onToken(token);
  });
  const problem = problemOf(action.error);
  const isWrong = problem === 'wrong' || (isRefused && action.error === undefined);
  return (
    <FormCard
      title={t('operators.title')}
      submit={t('operators.enter')}
      action={{ ...action, error: problem === 'other' ? action.error : undefined }}
      footer={<p className={styles.hint}>{t('operators.tokenKept')}</p>}
    >
      <p className={styles.hint}>{t('operators.tokenIntro')}</p>
      {problem === 'notSet' && (
        <Notice kind="error">
          <p>{t('operators.notSet')}</p>
          <code className={styles.code}>ADMIN_TOKEN=$(openssl rand -hex 32)</code>
        </Notice>
      )}
      <TextField
        name="admin_token"
        label={t('operators.token')}
        type="password"
        autoComplete="off"
        spellCheck={false}
        required
        error={isWrong ? t('operators.tokenWrong') : undefined}
      />
    </FormCard>
  );
}

function problemOf(error: unknown): 'wrong' | 'notSet' | 'other' | undefined {
  if (error === undefined) return undefined;
  if (!(error instanceof ApiError)) return 'other';
  if (error.status === 401) return 'wrong';
  return error.status === 404 ? 'notSet' : 'other';
}

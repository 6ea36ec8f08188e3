import { exportData } from '@evergreen-auth/client/account';
import { useAuth } from '@evergreen-auth/client/react';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';
import { useAction } from '../../ui/use-action.js';
import { saveJson } from './save-json.js';
import { Section } from './section.js';

/** Everything that is kept about the user, as a file. */
export function ExportSection() {
  const { client } = useAuth();
  const { t, errorText } = useTexts();
  const action = useAction(async () => {
    const data = await exportData(client);
    saveJson(data, `evergreen-${data.exported_at.slice(0, 10)}.json`);
  });
  return (
    <Section title={t('export.title')} intro={<p>{t('export.intro')}</p>}>
      {action.isDone && <Notice kind="success">{t('export.done')}</Notice>}
      {action.error !== undefined && <Notice kind="error">{errorText(action.error)}</Notice>}
      <div>
        <Button busy={action.isBusy} onClick={() => void action.run()}>
          {t('export.submit')}
        </Button>
      </div>
    </Section>
  );
}

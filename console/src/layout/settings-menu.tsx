import { useAuth } from '@evergreen-auth/client/react';
import { Settings2 } from 'lucide-react';
import { LANGUAGES, useTexts } from '../texts/texts-provider.js';
import { THEMES, useTheme } from '../theme/theme.js';
import { Button } from '../ui/button.js';
import { RadioGroup } from '../ui/radio-group.js';
import styles from './settings-menu.module.css';

/** Theme, language, and sign out. */
export function SettingsMenu() {
  const { t, language, setLanguage } = useTexts();
  const { status, logout } = useAuth();
  const [theme, setTheme] = useTheme();
  const themes = THEMES.map((value) => [value, t(`theme.${value}`)] as const);
  return (
    <>
      <button
        type="button"
        className={styles.trigger}
        popoverTarget="settings"
        aria-label={t('settings.label')}
      >
        <Settings2 size={20} aria-hidden="true" />
      </button>
      <div id="settings" popover="auto" className={styles.popup}>
        <RadioGroup legend={t('theme.label')} choices={themes} value={theme} onChange={setTheme} />
        <RadioGroup
          legend={t('language.label')}
          choices={LANGUAGES}
          value={language}
          onChange={setLanguage}
        />
        {status === 'authenticated' && (
          <Button onClick={() => void logout()}>{t('nav.signOut')}</Button>
        )}
      </div>
    </>
  );
}

import { useTexts } from '../../texts/texts-provider.js';
import { Heading } from '../../ui/heading.js';
import { SETTINGS } from '../../settings.js';
import { AddressSection } from './address-section.js';
import styles from './account-page.module.css';
import { DeletionSection } from './deletion-section.js';
import { ExportSection } from './export-section.js';
import { NamesSection } from './names-section.js';
import { PasswordSection } from './password-section.js';
import { SignInMethodsSection } from './sign-in-methods-section.js';
import { SignOutSection } from './sign-out-section.js';

/** What users do to their own account. */
export function AccountPage() {
  const { t } = useTexts();
  return (
    <div className={styles.page}>
      <Heading title={t('account.title')} />
      <AddressSection />
      <NamesSection />
      <PasswordSection />
      {SETTINGS.loginProviders.length > 0 && <SignInMethodsSection />}
      <SignOutSection />
      <ExportSection />
      <DeletionSection />
    </div>
  );
}

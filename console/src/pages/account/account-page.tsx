import { useTexts } from '../../texts/texts-provider.js';
import { Heading } from '../../ui/heading.js';
import { AddressSection } from './address-section.js';
import styles from './account-page.module.css';
import { NamesSection } from './names-section.js';
import { PasswordSection } from './password-section.js';
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
      <SignOutSection />
    </div>
  );
}

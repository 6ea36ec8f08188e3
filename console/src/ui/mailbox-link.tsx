import { PLACES } from '../client/places.js';
import { useTexts } from '../texts/texts-provider.js';

/** In development, where the mail is. */
export function MailboxLink() {
  const { t } = useTexts();
  const { mailbox } = PLACES;
  if (mailbox === undefined) return null;
  return (
    <p>
      <a href={mailbox} target="_blank">
        {t('mailbox.open')}
      </a>
    </p>
  );
}

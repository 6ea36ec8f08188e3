import type { LucideIcon } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import type { Polled } from '../../client/use-polled.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import styles from './overview.module.css';

interface FactProps<Value> {
  readonly Icon: LucideIcon;
  readonly title: string;
  readonly source: Polled<Value>;
  readonly children: (value: Value) => ReactNode;
}

/** One thing that the server knows. Its place is as high while it loads. */
export function Fact<Value>({ Icon, title, source, children }: FactProps<Value>) {
  const id = useId();
  return (
    <section className={styles.fact} aria-labelledby={id}>
      <h2 id={id}>
        <Icon size={20} aria-hidden="true" />
        {title}
      </h2>
      {source.value === undefined ? <NotYet {...source} /> : children(source.value)}
    </section>
  );
}

function NotYet({ error, reload }: Pick<Polled<unknown>, 'error' | 'reload'>) {
  const { t, errorText } = useTexts();
  if (error === undefined) return <p>{t('app.loading')}</p>;
  return (
    <>
      <p>{errorText(error)}</p>
      <Button onClick={() => void reload()}>{t('load.retry')}</Button>
    </>
  );
}

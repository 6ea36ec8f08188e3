import type { ReactNode } from 'react';
import { Form, type FormValues } from './form.js';
import { PageCard } from './page-card.js';
import type { Action } from './use-action.js';

export type { FormValues } from './form.js';

interface FormCardProps {
  readonly title: string;
  readonly submit: string;
  /** Is given what the form contains, by the names of its fields. */
  readonly action: Action<[FormValues]>;
  readonly children?: ReactNode;
  /** Above the form. */
  readonly intro?: ReactNode;
  /** Below the form: other ways to do the same. */
  readonly otherwise?: ReactNode;
  /** Below all else: links to other pages. */
  readonly footer?: ReactNode;
}

/** A page that is one form. */
export function FormCard({ title, intro, otherwise, footer, ...form }: FormCardProps) {
  return (
    <PageCard title={title} footer={footer}>
      {intro}
      <Form {...form} />
      {otherwise}
    </PageCard>
  );
}

import { type ReactNode, useEffect, useRef } from 'react';
import { useTexts } from '../texts/texts-provider.js';

interface HeadingProps {
  /** Of the document, too. */
  readonly title: string;
  /** What is shown instead of the title. */
  readonly children?: ReactNode;
}

/** The browser itself cares for the focus of the first page. */
let isFirst = true;

/**
 * The heading of a page, which is the title of the document, too. It takes the focus when it
 * replaces another page, so that a screen reader reads it.
 */
export function Heading({ title, children = title }: HeadingProps) {
  const { t } = useTexts();
  const heading = useRef<HTMLHeadingElement>(null);
  const documentTitle = `${title} · ${t('app.name')}`;
  useEffect(() => {
    document.title = documentTitle;
  }, [documentTitle]);
  useEffect(() => {
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    if (!isFirst) window.scrollTo(0, 0);
    isFirst = false;
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

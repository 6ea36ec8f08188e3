import type { Rule } from '../rules/rule.js';

/** Where a rule is published. */
export function SourceLinks({ rule: { sources } }: { readonly rule: Rule }) {
  return (
    <span class="sources">
      {sources.length > 1 ? 'Sources: ' : 'Source: '}
      {sources.map(({ title, url }, index) => (
        <span key={title}>
          {index > 0 && '; '}
          {url ? (
            <a href={url} rel="noreferrer">
              {title}
            </a>
          ) : (
            title
          )}
        </span>
      ))}
      .
    </span>
  );
}

import clsx from 'clsx';
import { Link } from 'wouter';
import { useTexts } from '../../texts/texts-provider.js';
import styles from './event-filters.module.css';
import { type Filter, FILTERS } from './event-types.js';

interface EventFiltersProps {
  /** The path of the page. */
  readonly page: string;
  readonly filter: Filter;
}

/** Which events to show. Each filter has a URL of its own, so "back" and bookmarks work. */
export function EventFilters({ page, filter: chosen }: EventFiltersProps) {
  const { t } = useTexts();
  return (
    <nav className={styles.filters} aria-label={t('activity.filter')}>
      {FILTERS.map((filter) => (
        <Link
          key={filter}
          href={filter === 'all' ? page : `${page}?show=${filter}`}
          className={clsx(styles.filter, filter === chosen && styles.chosen)}
          aria-current={filter === chosen ? 'true' : undefined}
        >
          {t(`activity.filter.${filter}`)}
        </Link>
      ))}
    </nav>
  );
}

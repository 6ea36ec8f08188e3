import { TOUR } from '../tour/tour.js';

interface TourPanelProps {
  readonly number: number;
  readonly onGo: (number: number) => void;
  readonly onEnd: () => void;
}

/** One step of the tour, above the picture that it explains. */
export function TourPanel({ number, onGo, onEnd }: TourPanelProps) {
  const { title, text } = TOUR[number - 1] as (typeof TOUR)[number];
  const isLast = number === TOUR.length;
  return (
    <section class="tour" aria-label="Tour">
      <p class="count">
        Tour, step {number} of {TOUR.length}
      </p>
      <h2 tabIndex={-1}>{title}</h2>
      <p>{text}</p>
      <div class="tour-actions">
        <button type="button" disabled={number === 1} onClick={() => onGo(number - 1)}>
          Back
        </button>
        <button type="button" class="primary" onClick={() => (isLast ? onEnd() : onGo(number + 1))}>
          {isLast ? 'Try it yourself' : 'Go on'}
        </button>
        {!isLast && (
          <button type="button" class="link" onClick={onEnd}>
            Leave the tour
          </button>
        )}
      </div>
    </section>
  );
}

export { calendarText } from './calendar-text.js';
export type { ClockReading } from './anchor.js';
export { Clock } from './clock.js';
export { RecentPast } from './recent-past.js';
export { Stopwatch } from './stopwatch.js';

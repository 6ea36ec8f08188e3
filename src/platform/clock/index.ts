export { calendarText } from './calendar-text.js';
export type { ClockReading } from './anchor.js';
export { Clock } from './clock.js';
export { SlidingWindow } from './sliding-window.js';
export { Stopwatch } from './stopwatch.js';
export { TestClock } from './test-clock.js';

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A duration in words, in the largest unit that gives a whole number: `90` is `90 seconds`. */
export function durationInWords(seconds: number): string {
  const [unit, size] = UNITS.find(([, each]) => seconds % each === 0) ?? UNITS[3];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** A wait in words: `1 hour passes`, `5 seconds pass`. */
export function waitInWords(seconds: number): string {
  const duration = durationInWords(seconds);
  return `${duration} ${duration.startsWith('1 ') ? 'passes' : 'pass'}`;
}

/** What is left of a window, short enough for the picture: `8 s`, `2 min`, `3 h`. */
export function remainingInWords(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
}

/** Time since the start of a history, in its two largest units: `1 hour 5 seconds later`. */
export function elapsedInWords(milliseconds: number): string {
  let left = Math.floor(milliseconds / 1000);
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
  }
  return parts.length === 0 ? 'Just signed in' : `${parts.slice(0, 2).join(' ')} later`;
}

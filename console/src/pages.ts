import paths from '../pages.json';

/** The path of each page, below the path of the console. The server serves exactly these. */
export const PAGES = paths;

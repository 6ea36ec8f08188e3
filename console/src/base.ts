const script: string = import.meta.url;

/**
 * The URL of the console, with a trailing slash. A proxy may serve it below a path, which no file
 * of the build contains: it is found from where this script came from.
 */
export const BASE_URL = new URL('..', script);

/** That path, such as `/backend`; empty at the root. */
export const BASE_PATH = BASE_URL.pathname.replace(/\/$/, '');

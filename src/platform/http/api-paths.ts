/**
 * The paths of the API, for what runs before a route is known. The application provides it, since
 * the platform knows no routes.
 */
export abstract class ApiPaths {
  /**
   * Replaces an alias in a URL's path by the canonical path; other URLs stay as they are.
   *
   * @param hasVersions the application versions its paths, so only ours have the alias `/api/v1/…`
   */
  abstract canonicalUrl(url: string, hasVersions: boolean): string;

  /** Whether Evergreen is the whole server; if so, every URL is its own. */
  abstract readonly isWholeServer: boolean;

  /**
   * Whether a URL, with its canonical path, belongs to Evergreen. Its rules for requests, such as
   * the limits of bodies and the headers of responses, apply to these URLs alone.
   */
  abstract isOwn(canonicalUrl: string): boolean;
}

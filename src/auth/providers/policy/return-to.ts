/**
 * The page to return to, as an absolute URL without fragment; undefined if it is none of ours. A
 * page that somebody else names could take over what we send there, or look like ours.
 *
 * The URL is parsed as browsers do it, and its origin is checked afterwards: `//evil.example`,
 * `/\evil.example` and `https://ours@evil.example` lead elsewhere, though they may look like paths.
 *
 * @param text a path, or a URL
 * @param base the URL of this server, such as `https://example.com`
 * @param isAllowed whether pages of an origin may call the API
 */
export function pageToReturnTo(
  text: string,
  base: string,
  isAllowed: (origin: string) => boolean,
): string | undefined {
  if (!URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  if (!/^https?:$/.test(url.protocol) || url.username || url.password) return undefined;
  if (!isAllowed(url.origin)) return undefined;
  url.hash = '';
  return url.href;
}

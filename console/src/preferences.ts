/** What this browser remembers of its user's choices. Without a storage nothing is remembered. */
export const preferences = {
  get(name: 'language' | 'theme'): string | undefined {
    try {
      return localStorage.getItem(`evergreen.${name}`) ?? undefined;
    } catch {
      return undefined;
    }
  },
  set(name: 'language' | 'theme', value: string): void {
    try {
      localStorage.setItem(`evergreen.${name}`, value);
    } catch {
      // A browser may forbid storage: the choice lasts as long as the page.
    }
  },
};

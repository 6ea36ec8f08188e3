/** The tree of Evergreen. The name beside it says what it is. */
export function Logo() {
  return (
    <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#12664a" />
      <path d="M16 5 8 16h4l-5 7h7v4h4v-4h7l-5-7h4z" fill="#fff" />
    </svg>
  );
}

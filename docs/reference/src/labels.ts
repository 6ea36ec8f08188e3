/** What Swagger UI leaves without a name, or with a heading of the wrong level. */
const NAMES: Readonly<Record<string, string>> = {
  '.body-param__text': 'Request body',
  '.content-type': 'Media type',
  '.examples-select-element': 'Example',
  '.servers select': 'Server',
  '.parameters select': 'Value',
};

/** The title of the page is the only `h1`, and is followed by the groups of routes. */
const LEVELS: Readonly<Record<string, string>> = { H3: '2', H4: '3', H5: '4' };

/** Adds the attributes that assistive technology needs, also to what is shown later. */
export function keepLabelled(element: HTMLElement): void {
  const label = () => {
    for (const [selector, name] of Object.entries(NAMES))
      for (const control of element.querySelectorAll(selector))
        if (!control.hasAttribute('aria-label')) control.setAttribute('aria-label', name);
    for (const heading of element.querySelectorAll('h3, h4, h5'))
      if (!heading.hasAttribute('aria-level'))
        heading.setAttribute('aria-level', LEVELS[heading.tagName] ?? '4');
    // Swagger UI's own code blocks can be scrolled, but not with the keyboard.
    for (const block of element.querySelectorAll('pre, .table-container, .model-box'))
      if (!block.hasAttribute('tabindex') && isScrollable(block))
        block.setAttribute('tabindex', '0');
  };
  new MutationObserver(label).observe(element, { childList: true, subtree: true });
}

function isScrollable({ scrollWidth, clientWidth, scrollHeight, clientHeight }: Element): boolean {
  return scrollWidth > clientWidth || scrollHeight > clientHeight;
}

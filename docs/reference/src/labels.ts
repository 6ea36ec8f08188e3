/** What Swagger UI leaves without a name, or names by its own id. */
const NAMES: Readonly<Record<string, string>> = {
  '.body-param__text': 'Request body',
  '.content-type': 'Media type',
  '.examples-select-element': 'Example',
  '.servers select': 'Server',
  '.parameters select': 'Value',
  '.close-modal': 'Close',
  '.auth-container input[aria-label^="auth-"]': 'Token',
};

/** Buttons whose name is another one than the text that is read on them. */
const NAMED_OTHERWISE = '.auth-btn-wrapper button[aria-label]';

/** The title of the page is the only `h1`, and is followed by the groups of routes. */
const LEVELS: Readonly<Record<string, string>> = { H3: '2', H4: '3', H5: '4' };

/** What may be wider or higher than its place, and could not be scrolled with the keyboard. */
const BLOCKS = 'pre, .table-container, .model-box';

/** Adds the attributes that assistive technology needs, also to what is shown later. */
export function keepLabelled(element: HTMLElement): void {
  new MutationObserver(() => label(element)).observe(element, { childList: true, subtree: true });
}

function label(element: HTMLElement): void {
  for (const [selector, name] of Object.entries(NAMES)) set(element, selector, 'aria-label', name);
  for (const button of element.querySelectorAll(NAMED_OTHERWISE))
    button.removeAttribute('aria-label');
  for (const [heading, level] of Object.entries(LEVELS)) set(element, heading, 'aria-level', level);
  for (const block of element.querySelectorAll(BLOCKS))
    if (isScrollable(block) && !block.hasAttribute('tabindex')) block.setAttribute('tabindex', '0');
}

function set(element: HTMLElement, selector: string, attribute: string, value: string): void {
  for (const found of element.querySelectorAll(selector))
    if (found.getAttribute(attribute) !== value) found.setAttribute(attribute, value);
}

function isScrollable({ scrollWidth, clientWidth, scrollHeight, clientHeight }: Element): boolean {
  return scrollWidth > clientWidth || scrollHeight > clientHeight;
}

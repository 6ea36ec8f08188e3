import type { Element, LayoutProps, Operation, System } from './swagger-ui.js';

/** The title of the page, the list of all routes beside them, and the routes. */
export function referenceLayout({ React: { createElement: h } }: System) {
  return {
    components: {
      ReferenceLayout,
      // The path of a route stands in a button, where a link must not be.
      DeepLink: ({ text }: { text: string }) => h('span', null, text),
    },
  };

  function ReferenceLayout({ getComponent, specSelectors, layoutActions }: LayoutProps): Element {
    const container = (name: string) => h(getComponent(name, true));
    const status = specSelectors.loadingStatus();
    if (status !== 'success') return waiting(status);
    const show = (group: string, route: Operation) => reveal(layoutActions, group, route);
    return h(
      'div',
      { className: 'swagger-ui layout' },
      contents(specSelectors.taggedOperations().toJS(), show),
      h(
        'div',
        { className: 'routes' },
        h(getComponent('SvgAssets')),
        title(specSelectors.info(), getComponent),
        h(
          'div',
          { className: 'controls' },
          specSelectors.servers().size > 1 && container('ServersContainer'),
          container('AuthorizeBtnContainer'),
        ),
        container('errors'),
        container('operations'),
        container('Models'),
      ),
    );
  }

  /** As index.html has it. */
  function waiting(status: string | undefined): Element {
    return h(
      'div',
      { className: 'swagger-ui layout' },
      h('nav', { className: 'contents', 'aria-label': 'Routes' }),
      h(
        'div',
        { className: 'routes' },
        h('div', { className: 'intro' }, h('h1', null, 'Evergreen API')),
        status === 'failed' && h('p', { role: 'alert' }, 'The document could not be loaded.'),
      ),
    );
  }

  function title(
    info: ReturnType<LayoutProps['specSelectors']['info']>,
    getComponent: LayoutProps['getComponent'],
  ): Element {
    return h(
      'div',
      { className: 'intro' },
      h('h1', null, `${info.get('title')} API`),
      h(getComponent('Markdown', true), { source: info.get('description') }),
      h('p', { className: 'intro-links' }, h('a', { href: './openapi.json' }, 'OpenAPI document')),
    );
  }

  function contents(
    groups: Readonly<Record<string, { readonly operations: readonly Operation[] }>>,
    show: (group: string, route: Operation) => void,
  ): Element {
    return h(
      'nav',
      { className: 'contents', 'aria-label': 'Routes' },
      ...Object.entries(groups).map(([group, { operations }]) =>
        h(
          'div',
          { key: group },
          h('p', { className: 'contents-group' }, group),
          h(
            'ul',
            null,
            ...operations.map((route) =>
              h(
                'li',
                { key: route.id },
                entry(route, () => show(group, route)),
              ),
            ),
          ),
        ),
      ),
    );
  }

  function entry({ method, path, operation }: Operation, onClick: () => void): Element {
    return h(
      'button',
      { type: 'button', onClick },
      h('span', { className: `method method-${method}` }, method.toUpperCase()),
      h('span', { className: 'contents-summary' }, operation.summary ?? path),
    );
  }
}

/** Opens a route, and moves there. */
function reveal(
  { show }: LayoutProps['layoutActions'],
  group: string,
  { operation: { operationId = '' } }: Operation,
): void {
  show(['operations-tag', group], true);
  show(['operations', group, operationId], true);
  requestAnimationFrame(() => {
    const route = document.getElementById(`operations-${group}-${operationId}`);
    route?.scrollIntoView();
    route?.querySelector<HTMLElement>('.opblock-summary-control')?.focus({ preventScroll: true });
  });
}

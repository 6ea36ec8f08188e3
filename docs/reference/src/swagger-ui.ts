/** What the page uses of Swagger UI, whose package has no types. */

/** An element of Swagger UI's own React. */
export type Element = object;

type Component = string | ((props: never) => Element | null);

type CreateElement = (
  component: Component,
  props?: Readonly<Record<string, unknown>> | null,
  ...children: readonly (Element | string | null | false)[]
) => Element;

/** What a plug-in gets. */
export interface System {
  readonly React: { readonly createElement: CreateElement };
}

/** What a component gets that is a container, as the layout is. */
export interface LayoutProps {
  readonly getComponent: (name: string, container?: boolean) => Component;
  readonly specSelectors: {
    loadingStatus(): 'loading' | 'success' | 'failed' | undefined;
    info(): { get(name: string): string | undefined };
    servers(): { readonly size: number };
    taggedOperations(): Groups;
  };
  readonly layoutActions: {
    readonly show: (thing: readonly string[], isShown: boolean) => void;
  };
}

interface Immutable<Value> {
  toJS(): Value;
}

type Groups = Immutable<Record<string, { readonly operations: readonly Operation[] }>>;

/** A route, as the list of groups has it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly operation: { readonly summary?: string; readonly operationId?: string };
}

declare global {
  /** `swagger-ui-bundle.js` sets it. */
  const SwaggerUIBundle: {
    (options: Readonly<Record<string, unknown>>): unknown;
    readonly presets: { readonly apis: unknown };
  };
}

/**
 * What tests do to a page before its own script runs. Each function is sent to the browser as it
 * stands, so it knows nothing of this file.
 */

export function deleteLocks(): void {
  delete (Navigator.prototype as { locks?: unknown }).locks;
}

declare global {
  var steps: string[];
  var interrupt: { at: string; by: () => void } | undefined;
}

/**
 * Writes down every step of a page that waits for something, and lets a test interrupt it there.
 */
export function watchSteps(): void {
  globalThis.steps = [];
  const watch = (owner: object | undefined, name: string) => {
    if (!owner) return;
    const methods = owner as Record<string, (...parameters: unknown[]) => unknown>;
    const original = methods[name]!;
    methods[name] = function (...parameters) {
      const count = steps.filter((step) => step.startsWith(name)).length + 1;
      const step = `${name} ${count}`;
      steps.push(step);
      if (globalThis.interrupt?.at === step) {
        const { by } = globalThis.interrupt;
        globalThis.interrupt = undefined;
        by();
      }
      return original.apply(this, parameters);
    };
  };
  watch(globalThis.LockManager?.prototype, 'request');
  watch(IDBObjectStore.prototype, 'get');
  watch(IDBObjectStore.prototype, 'put');
  watch(globalThis, 'fetch');
  watch(Response.prototype, 'text');
}

// What the workbench's page uses and Chromium 83 lacks. Built into the test Electron's renderer only.
function lacking(target, name, value) {
  if (!(name in target)) Object.defineProperty(target, name, { value, writable: true, configurable: true });
}

lacking(Array.prototype, 'at', function at(index) {
  return this[index < 0 ? this.length + index : index];
});
lacking(Array.prototype, 'findLast', function findLast(test) {
  return [...this].reverse().find(test);
});
lacking(String.prototype, 'replaceAll', function replaceAll(pattern, by) {
  return typeof pattern === 'string' ? this.split(pattern).join(by) : this.replace(pattern, by);
});
lacking(Object, 'hasOwn', (object, key) => Object.prototype.hasOwnProperty.call(object, key));
lacking(Promise, 'any', (promises) =>
  Promise.all(
    [...promises].map((promise) =>
      Promise.resolve(promise).then(
        (value) => Promise.reject(value),
        (error) => error,
      ),
    ),
  ).then(
    (errors) => Promise.reject(errors[0]),
    (value) => value,
  ),
);
lacking(globalThis, 'structuredClone', (value) => JSON.parse(JSON.stringify(value)));
lacking(
  globalThis,
  'WeakRef',
  class {
    constructor(target) {
      this.target = target;
    }
    deref() {
      return this.target;
    }
  },
);
lacking(AbortSignal.prototype, 'throwIfAborted', function throwIfAborted() {
  if (this.aborted) throw new DOMException('aborted', 'AbortError');
});

/**
 * The value under a path of keys in a document of unknown shape; undefined where there is none. Only own properties count, so
 * that a document with keys such as `__proto__` or without `toString` says what it says and nothing more.
 */
export function fieldOf(document: unknown, ...path: readonly string[]): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

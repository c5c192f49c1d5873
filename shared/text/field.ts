/**
 * The value under a path of keys in a document of unknown shape; undefined where there is none. Only own properties count, so
 * that a document with keys such as `__proto__` or without `toString` says what it says and nothing more.
 */
export function fieldOf(document: unknown, ...path: readonly string[]): unknown {
  let value = document;
  for (const key of path) {
    if (!isRecord(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

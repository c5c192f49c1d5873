import type { Difference } from '#shared/bus/port.ts';

/** What set-up keeps for itself in every object, and what Elasticsearch notes in it. */
const ownKeys = new Set([
  '_meta',
  'version',
  'created_date',
  'created_date_millis',
  'modified_date',
  'modified_date_millis',
]);

/**
 * What differs between an object as Elasticsearch has it and as it is to be, value by value. Elasticsearch gives settings back as
 * text and nested below `index`, which is no difference.
 */
export function differencesOf(is: unknown, becomes: unknown): Difference[] {
  const before = leaves(is);
  const after = leaves(becomes);
  const differences: Difference[] = [];
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const difference = { path, is: before.get(path), becomes: after.get(path) };
    if (textOf(difference.is) === textOf(difference.becomes)) continue;
    // Elasticsearch writes out what a template is not made of.
    if (difference.becomes === undefined && Array.isArray(difference.is) && difference.is.length === 0)
      continue;
    // An empty list that gets members, or loses its last: they are told of one by one.
    const isFilled = (values: ReadonlyMap<string, unknown>): boolean =>
      [...values.keys()].some((other) => other.startsWith(`${path}.`));
    if (!isFilled(before) && !isFilled(after)) differences.push(difference);
  }
  return differences.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether the differences only add fields, which can be given to an index that is there. */
export function onlyAddsFields(differences: readonly Difference[]): boolean {
  return differences.every(
    ({ path, is }) => is === undefined && path.startsWith('template.mappings.properties.'),
  );
}

/** Every value that holds no others, by its path; an empty object or list counts as a value. */
function leaves(value: unknown, path = '', into = new Map<string, unknown>()): Map<string, unknown> {
  // Elasticsearch writes out what a template that makes data streams leaves to it.
  if (path === 'data_stream') return into.set(path, {});
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0)
    return path === '' ? into : into.set(path, value);
  for (const [key, part] of Object.entries(value))
    if (path !== '' || !ownKeys.has(key)) leaves(part, path === '' ? key : `${path}.${key}`, into);
  return into;
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Config } from '#shared/config/index.ts';

const KibanaObject = z.looseObject({
  id: z.string(),
  type: z.string(),
  attributes: z.record(z.string(), z.unknown()),
});
export type KibanaObject = z.infer<typeof KibanaObject>;

/** The shipped objects, for an installation of this language and namespace. */
export async function shippedObjects(
  language: Config['language'],
  namespace: string,
): Promise<KibanaObject[]> {
  const file = new URL(`../../kibana/${language}.ndjson`, import.meta.url);
  const text = (await readFile(file, 'utf8')).replaceAll('<namespace>', namespace);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => KibanaObject.parse(JSON.parse(line)));
}

/**
 * Whether Kibana has this object, in this version: by the mark in its description where it has one, for Kibana rewrites what it
 * stores. A data view, which has no description, is stored as it is; how often its fields are used is Kibana's own.
 */
export function isSame(shipped: KibanaObject, present: Readonly<Record<string, unknown>>): boolean {
  const mark = markOf(shipped.attributes);
  if (mark !== undefined) return markOf(present) === mark;
  return compared.every((name) =>
    isDeepStrictEqual(meaningOf(shipped.attributes[name]), meaningOf(present[name])),
  );
}

const compared = ['title', 'name', 'timeFieldName', 'allowNoIndex', 'fieldFormatMap', 'runtimeFieldMap'];

function markOf({ description }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof description === 'string' ? /\[logpatrol ([0-9a-f]{12})\]$/.exec(description)?.[1] : undefined;
}

/** JSON in text is the same in any order of its fields. */
function meaningOf(value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith('{')) return value;
  try {
    return JSON.parse(value);
  } catch {
    // Somebody wrote something else there: it differs.
    return value;
  }
}

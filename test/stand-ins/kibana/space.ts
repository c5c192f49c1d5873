import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { KibanaSavedObject } from '../../../kibana/schema/index.ts';

/** What can be seen of an object before its attributes are looked into. */
const Bare = z.looseObject({
  type: z.string(),
  id: z.string(),
  attributes: z.looseObject({ title: z.string().optional() }),
  references: z.array(z.looseObject({ type: z.string(), id: z.string() })).default([]),
});
type Bare = z.infer<typeof Bare>;

export interface StoredObject {
  readonly type: string;
  readonly id: string;
  attributes: Record<string, unknown>;
  readonly references: readonly unknown[];
  readonly typeMigrationVersion: string;
}

const importable = ['index-pattern', 'lens', 'search', 'dashboard'];
/** Kibana looks for references of these types alone (`import/lib/validate_references.ts`). */
const required = ['index-pattern', 'search'];

export interface ImportResult {
  readonly success: boolean;
  readonly successCount: number;
  readonly successResults?: readonly Record<string, unknown>[];
  readonly errors?: readonly Record<string, unknown>[];
}

/** A space with its objects and settings. */
export class Space {
  readonly objects = new Map<string, StoredObject>();
  readonly settings = new Map<string, unknown>();
  defaultDataView = '';

  /**
   * As `import_saved_objects.ts` does it: nothing is created where a reference or a type is missing; else each object by itself.
   *
   * @param isElsewhere whether another space has this object: ids are unique over all spaces
   * @param refused objects that fail for a reason of Kibana's own
   */
  import(
    lines: readonly unknown[],
    overwrite: boolean,
    isElsewhere: (key: string) => boolean,
    refused: ReadonlySet<string>,
  ): ImportResult | { readonly badRequest: string } {
    const parsed = z.array(Bare).safeParse(lines);
    if (!parsed.success) return { badRequest: `Unexpected token: ${z.prettifyError(parsed.error)}` };
    const objects = parsed.data;
    const keys = objects.map(keyOf);
    const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
    if (twice.length > 0)
      return { badRequest: `Non-unique import objects detected: [${twice.join(',')}]: Bad Request` };
    const errors = objects.flatMap((object) => this.#unresolved(object, keys, overwrite));
    if (errors.length > 0) return { success: false, successCount: 0, errors };
    const results = objects.map((object, index) => this.#create(object, lines[index], isElsewhere, refused));
    const made = results.filter((result) => !('error' in result));
    const failed = results.filter((result) => 'error' in result);
    return {
      success: failed.length === 0,
      successCount: made.length,
      ...(made.length > 0 && { successResults: made }),
      ...(failed.length > 0 && { errors: failed }),
    };
  }

  #unresolved(object: Bare, keys: readonly string[], overwrite: boolean): Record<string, unknown>[] {
    const { type, id, attributes } = object;
    const of = (error: Record<string, unknown>) => [{ type, id, meta: { title: attributes.title }, error }];
    if (!importable.includes(type)) return of({ type: 'unsupported_type' });
    const references = object.references
      .filter((reference) => required.includes(reference.type))
      .filter((reference) => !keys.includes(keyOf(reference)) && !this.objects.has(keyOf(reference)));
    if (references.length > 0)
      return of({
        type: 'missing_references',
        references: references.map(({ type: t, id: i }) => ({ type: t, id: i })),
      });
    return !overwrite && this.objects.has(keyOf(object)) ? of({ type: 'conflict' }) : [];
  }

  #create(
    object: Bare,
    line: unknown,
    isElsewhere: (key: string) => boolean,
    refused: ReadonlySet<string>,
  ): Record<string, unknown> {
    const { type, id } = object;
    const valid = KibanaSavedObject.safeParse(line);
    const fault = valid.success ? (refused.has(id) ? 'refused' : undefined) : z.prettifyError(valid.error);
    const meta = { title: object.attributes.title };
    if (fault !== undefined)
      return {
        type,
        id,
        meta,
        error: { type: 'unknown', statusCode: 400, message: fault, error: 'Bad Request' },
      };
    const isForeign = isElsewhere(keyOf(object));
    const storedId = isForeign ? randomUUID() : id;
    this.objects.set(keyOf({ type, id: storedId }), migrated({ ...object, id: storedId }));
    return { type, id, meta, managed: false, ...(isForeign && { destinationId: storedId }) };
  }
}

export function keyOf({ type, id }: { readonly type: string; readonly id: string }): string {
  return `${type}:${id}`;
}

/**
 * Kibana stores another shape than it was given: a search becomes tabs (model version 13), a Lens visualization gets its version, and
 * fields come back in an order of their own.
 */
function migrated({ type, id, attributes, references }: Bare): StoredObject {
  const { title, description, ...rest } = attributes;
  const sorted = Object.fromEntries(Object.entries(rest).sort(([one], [other]) => other.localeCompare(one)));
  const common = { type, id, references };
  switch (type) {
    case 'search':
      return {
        ...common,
        typeMigrationVersion: '10.15.0',
        attributes: {
          tabs: [{ id: randomUUID(), label: 'Untitled', attributes: sorted }],
          description,
          title,
        },
      };
    case 'lens':
      return {
        ...common,
        typeMigrationVersion: '10.1.0',
        attributes: { ...sorted, version: 2, description, title },
      };
    case 'dashboard':
      return { ...common, typeMigrationVersion: '10.4.0', attributes: { ...sorted, description, title } };
    default:
      return { ...common, typeMigrationVersion: '8.0.0', attributes: { ...sorted, title } };
  }
}

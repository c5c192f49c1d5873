import { z } from 'zod';
import type { Path } from './mistake.ts';
import { ConfigSchema } from './schema.ts';
import { isSecretKey } from './secrets.ts';

/** What editors complete and check `logpatrol.yaml` with; kept in `logpatrol.schema.json`. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(ConfigSchema, { io: 'input', override: addSecretFiles });
  return {
    $schema,
    title: 'logpatrol configuration',
    ...schema,
  };
}

/** Each secret can be given by the name of a file, as `readSecretFiles` reads it. */
function addSecretFiles({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const { properties = {}, required } = jsonSchema;
  for (const key of Object.keys(properties)) {
    const file = `${key}File`;
    if (!isSecretKey(key) || Object.hasOwn(properties, file)) continue;
    properties[file] = { type: 'string', minLength: 1, description: `A file that holds \`${key}\`.` };
    if (required?.includes(key)) jsonSchema.required = required.filter((other) => other !== key);
  }
}

/** The parts of a JSON schema that say which keys an object may have. */
const Node = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  oneOf: z.array(z.unknown()).optional(),
});

/** How a variant says which it is. */
const Tagged = z.object({ properties: z.object({ type: z.object({ const: z.string() }) }) });
const Typed = z.object({ type: z.string() });

/**
 * The keys that are allowed in the object at `path`. Where there are several variants: those of the one whose `type` the object
 * has, or of all where it is none of them.
 *
 * @param object what stands there in the configuration
 */
export function knownKeys(path: Path, object: unknown): string[] {
  return keysAt(configJsonSchema(), path, object);
}

/** The same without the files of secrets, which are no settings of their own. */
export function settingKeys(path: Path, object: unknown): string[] {
  return keysAt(z.toJSONSchema(ConfigSchema, { io: 'input' }), path, object);
}

function keysAt(schema: unknown, path: Path, object: unknown): string[] {
  let nodes = variants(schema);
  for (const key of path)
    nodes = nodes.flatMap((node) => {
      if (typeof key === 'number') return variants(node.items);
      return variants(node.properties?.[String(key)] ?? node.additionalProperties);
    });
  const type = Typed.safeParse(object).data?.type;
  const fitting = nodes.filter((node) => Tagged.safeParse(node).data?.properties.type.const === type);
  if (type !== undefined && fitting.length > 0) nodes = fitting;
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

function variants(schema: unknown): z.infer<typeof Node>[] {
  const node = Node.safeParse(schema);
  if (!node.success) return [];
  return node.data.oneOf === undefined ? [node.data] : node.data.oneOf.flatMap(variants);
}

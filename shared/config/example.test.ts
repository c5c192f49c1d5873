import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { configJsonSchema } from './json-schema.ts';
import { loadConfig } from './load.ts';
import { ConfigSchema } from './schema.ts';

const example = new URL('../../logpatrol.example.yaml', import.meta.url);

/** Every path of an object, `channels.*.webhook`, with the names that users choose replaced by a star. */
function pathsOf(value: unknown, path: string[] = []): string[] {
  const here = path.join('.');
  if (Array.isArray(value)) return [here, ...value.flatMap((part) => pathsOf(part, path))];
  if (typeof value !== 'object' || value === null) return [here];
  const named =
    /^(?:channels|routes|feishuApps|people|teams|interaction\.roles|http\.oidc\.roles)$|\.(?:headers|labels)$/.test(
      here,
    );
  return [
    here,
    ...Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...path, named ? '*' : key])),
  ];
}

/** A route of the tree has what the tree has: shown once is enough. */
const ofTree = (path: string): string => path.replace(/^routing(?:\.routes)+/, 'routing');

const Node: z.ZodType<{
  properties?: Record<string, unknown> | undefined;
  additionalProperties?: unknown;
  items?: unknown;
  oneOf?: unknown[] | undefined;
}> = z.object({
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  oneOf: z.array(z.unknown()).optional(),
});

function schemaPaths(schema: unknown, path: string[] = []): string[] {
  const { properties = {}, additionalProperties, items, oneOf = [] } = Node.parse(schema);
  return [
    path.join('.'),
    ...oneOf.flatMap((variant) => schemaPaths(variant, path)),
    ...(items === undefined ? [] : schemaPaths(items, path)),
    ...(typeof additionalProperties === 'object' ? schemaPaths(additionalProperties, [...path, '*']) : []),
    ...Object.entries(properties).flatMap(([key, part]) => schemaPaths(part, [...path, key])),
  ];
}

describe('logpatrol.example.yaml', () => {
  it('is valid as it stands', async () => {
    const config = await loadConfig({ file: example.pathname, env: {} });
    expect(config.domains).toHaveLength(2);
  });

  it('shows every setting that there is', () => {
    // What stands in the place of something else is a comment: `# openai:`, `# url: …`.
    const text = readFileSync(example, 'utf8').replaceAll(/^( *)# ?( *[a-zA-Z]+:(?: |$))/gm, '$1$2');
    const shown = new Set(pathsOf(parse(text)).map(ofTree));
    // The one that stands in the place of user name and password.
    const missing = schemaPaths(z.toJSONSchema(ConfigSchema, { io: 'input' })).filter(
      (path) => !shown.has(ofTree(path)),
    );
    expect([...new Set(missing)]).toEqual(['elasticsearch.apiKey', 'kibana.apiKey']);
  });
});

describe('logpatrol.schema.json', () => {
  it('is what the schema says now (else: npm run schema)', () => {
    const file: unknown = JSON.parse(readFileSync(new URL('logpatrol.schema.json', import.meta.url), 'utf8'));
    expect(file).toEqual(configJsonSchema());
  });
});

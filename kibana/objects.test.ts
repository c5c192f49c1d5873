import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { discoverUrl } from '#services/notifier/cards/kibana.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { KibanaSavedObject } from './schema/index.ts';
import { languages } from './source/language.ts';
import { linesOf } from './source/lines-link.ts';
import { ndjsonIn } from './source/objects.ts';
import { generatedLines, generatedObjects, ofType } from './testing/generated.ts';
import { kqlToClause } from './testing/kql.ts';
import { searchOf } from './testing/lens-query.ts';

/** The reference decoder of Rison, which is what Kibana's own came from. */
const decoder = z
  .object({ decode: z.function({ input: [z.string()], output: z.unknown() }) })
  .parse(createRequire(import.meta.url)('rison'));
const State = z.object({
  columns: z.array(z.string()),
  dataSource: z.object({ dataViewId: z.string(), type: z.literal('dataView') }),
  query: z.object({ query: z.string() }),
  sort: z.array(z.tuple([z.string(), z.string()])),
});

/** What Discover reads out of an address. */
function stateOf(url: string) {
  const query = new URLSearchParams(url.slice(url.indexOf('#/?') + 3));
  return State.parse(decoder.decode(query.get('_a') ?? ''));
}

/** A line with what stands at a path, of JSON in text too, put in another's place. */
function changed(line: unknown, path: readonly string[], value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (typeof line === 'string') return JSON.stringify(changed(JSON.parse(line), path, value));
  const copy = structuredClone(line);
  if (typeof copy !== 'object' || copy === null) throw new Error(`nothing at ${name}`);
  Reflect.set(copy, name, changed(Reflect.get(copy, name), rest, value));
  return copy;
}

describe.each(languages)('the objects in %s', (language) => {
  const committed = readFileSync(new URL(`${language}.ndjson`, import.meta.url), 'utf8');

  it('are what the sources give; if not: npm run kibana', () => {
    expect(committed).toBe(ndjsonIn(language));
  });

  it('are such that Kibana takes them, and refer to nothing that is not there', () => {
    const objects = generatedObjects(language);
    const ids = objects.map(({ type, id }) => `${type} ${id}`);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { references } of objects)
      for (const { type, id } of references) expect(ids).toContain(`${type} ${id}`);
  });

  it('show every panel on a dashboard', () => {
    const objects = generatedObjects(language);
    const shown = ofType(objects, 'dashboard').flatMap(({ references }) => references.map(({ id }) => id));
    for (const { id } of ofType(objects, 'lens')) expect(shown).toContain(id);
  });
});

describe('both languages', () => {
  it('have the same objects, which ask for the same', () => {
    const at = { timeField: 't', runtimeFields: {}, from: 0, to: 1, intervalMs: 1 };
    const meaning = (language: (typeof languages)[number]) =>
      generatedObjects(language).map((object) => ({
        type: object.type,
        id: object.id,
        references: object.references,
        asks: object.type === 'lens' ? searchOf(object.attributes, at) : undefined,
        places:
          object.type === 'dashboard'
            ? object.attributes.panelsJSON.map(({ gridData, type }) => ({ gridData, type }))
            : undefined,
      }));
    expect(meaning('zh-CN')).toEqual(meaning('en'));
  });

  it('leave no Chinese in English', () => {
    expect(readFileSync(new URL('en.ndjson', import.meta.url), 'utf8')).not.toMatch(/\p{Script=Han}/u);
  });
});

describe('an object that Kibana would not take, or not show', () => {
  const line = (id: string): unknown =>
    generatedLines('en').find((one) => KibanaSavedObject.parse(one).id === `logpatrol-${id}`);
  const layer = ['attributes', 'state', 'datasourceStates', 'formBased', 'layers', 'data'];
  const panel = ['attributes', 'panelsJSON', '0'];
  it.each<[string, readonly string[], unknown]>([
    ['health-overall', [...layer, 'columns', 'value', 'operationType'], 'maximum'],
    ['health-overall', [...layer, 'columns', 'value', 'sourceField'], ''],
    ['health-overall', [...layer, 'columnOrder'], ['other']],
    ['health-overall', ['attributes', 'state', 'visualization', 'metricAccessor'], 'other'],
    ['health-overall', ['attributes', 'state', 'visualization', 'palette', 'params', 'steps'], 2],
    ['health-overall', ['attributes', 'visualizationType'], 'lnsXY'],
    ['health-overall', ['references'], []],
    ['health-overall', ['references', '0', 'name'], 'indexpattern-datasource-layer-other'],
    ['health-errors', [...layer, 'columnOrder'], ['y0', 'split', 'x']],
    ['health-errors', [...layer, 'columns', 'split', 'params', 'orderBy', 'columnId'], 'x'],
    ['health-errors', ['attributes', 'state', 'query', 'language'], 'lucene'],
    ['health', ['attributes', 'panelsJSON'], '[{]'],
    ['health', ['attributes', 'unknown'], 1],
    ['health', ['typeMigrationVersion'], '10.9.0'],
    ['health', [...panel, 'gridData', 'w'], 40],
    ['health', [...panel, 'panelRefName'], 'panel_other'],
    ['health', [...panel, 'embeddableConfig', 'enhancements'], { events: [] }],
    ['error-lines', ['attributes', 'sort'], '@timestamp'],
    ['error-lines', ['attributes', 'kibanaSavedObjectMeta', 'searchSourceJSON', 'indexRefName'], 'x'],
    ['findings', ['attributes', 'timeFieldName'], 5],
    ['findings', ['attributes', 'fieldFormatMap', 'health.level', 'id'], 'lookup'],
    ['logs', ['attributes', 'runtimeFieldMap', 'logpatrol.lag_ms', 'type'], 'number'],
  ])('is found: %s with %j', (id, path, value) => {
    expect(KibanaSavedObject.safeParse(line(id)).success).toBe(true);
    expect(KibanaSavedObject.safeParse(changed(line(id), path, value)).success).toBe(false);
  });
});

describe('links to lines', () => {
  const views = ofType(generatedObjects('en'), 'index-pattern');

  it('on cards name the data view of lines, and its time', () => {
    const { kibana } = ConfigSchema.parse({ kibana: { url: 'https://kibana.example.com' } });
    if (kibana === undefined) throw new Error('no kibana');
    const state = stateOf(discoverUrl(kibana, { service: 'orders', hosts: ['web-1'], from: 0, to: 1 }));
    const view = views.find(({ id }) => id === state.dataSource.dataViewId);
    expect(view?.attributes.title).toBe('logs-*-<namespace>');
    expect(state.sort).toEqual([[view?.attributes.timeFieldName, 'desc']]);
  });

  it.each(['service.name', 'host.name'] as const)('of a cell of %s find its lines', (field) => {
    // As Kibana fills the template in: it percent-encodes the value.
    const url = linesOf(field).replace('{{value}}', encodeURIComponent('order api/1'));
    const state = stateOf(`https://kibana.example.com/s/ops/app/${url}`);
    expect(kqlToClause(state.query.query)).toEqual({ match_phrase: { [field]: 'order api/1' } });
    expect(views.map(({ id }) => id)).toContain(state.dataSource.dataViewId);
  });
});

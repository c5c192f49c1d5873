import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Installation, newInstallation } from '#shared/store/elasticsearch/testing/installation.ts';
import { openElasticsearchStore } from '#shared/store/elasticsearch.ts';
import type { Store } from '#shared/store/port.ts';
import { elasticsearchAddress } from '#test/stack/addresses.ts';
import { expectedHits, expectedRows } from './testing/expected.ts';
import { fieldsOfPanel } from './testing/fields.ts';
import { generatedObjects, ofType } from './testing/generated.ts';
import { kqlToClause } from './testing/kql.ts';
import { type Cell, rowsOf, type Surroundings, searchOf } from './testing/lens-query.ts';
import { plant } from './testing/seed.ts';

const hour = 3_600_000;
const now = Math.floor(Date.now() / hour) * hour;
const seed = { from: now - 2 * hour, to: now };
const objects = generatedObjects('zh-CN');
const panels = ofType(objects, 'lens');
const searches = ofType(objects, 'search');
const views = ofType(objects, 'index-pattern');
const short = (id: string): string => id.replace('logpatrol-', '');

/** Times that panels look at whatever the dashboard's. */
const ownTimes = new Map(
  ofType(objects, 'dashboard').flatMap(({ attributes }) =>
    attributes.panelsJSON.map(({ panelIndex, embeddableConfig }) => [
      panelIndex,
      embeddableConfig.timeRange?.from,
    ]),
  ),
);
const spans = new Map([
  ['now-15m', hour / 4],
  ['now-30d', 30 * 24 * hour],
]);

describe.skipIf(elasticsearchAddress() === undefined)('panels on a real Elasticsearch', () => {
  let installation: Installation;
  let store: Store;
  beforeAll(async () => {
    installation = newInstallation();
    const { elasticsearch, config } = installation;
    store = await openElasticsearchStore({
      elasticsearch,
      routes: config.routes,
      logger: pino({ level: 'silent' }),
    });
    await store.setup();
    await plant(store, seed);
  });
  afterAll(async () => {
    await store.close();
    await installation.remove();
  });

  const viewOf = (references: readonly { type: string; id: string }[]) => {
    const wanted = references.find(({ type }) => type === 'index-pattern')?.id;
    const view = views.find(({ id }) => id === wanted);
    if (view === undefined) throw new Error(`no data view ${wanted}`);
    const { title, timeFieldName, runtimeFieldMap } = view.attributes;
    return {
      indices: title.replaceAll('<namespace>', installation.elasticsearch.namespace),
      timeField: timeFieldName,
      runtimeFields: runtimeFieldMap,
    };
  };
  const search = async (indices: string, body: Record<string, unknown>) =>
    await installation.connection.call({
      method: 'POST',
      path: `/${indices}/_search`,
      query: { ignore_unavailable: true },
      body,
    });

  it('are all expected to show something', () => {
    expect(panels.map(({ id }) => short(id)).sort()).toEqual(Object.keys(expectedRows).sort());
    expect(searches.map(({ id }) => short(id)).sort()).toEqual(Object.keys(expectedHits).sort());
  });

  it.each(panels.map((panel) => [short(panel.id), panel] as const))(
    '%s shows what is there',
    async (id, panel) => {
      const { indices, ...view } = viewOf(panel.references);
      const own = ownTimes.get(id);
      const span = own === undefined ? 2 * hour : (spans.get(own) ?? Number.NaN);
      const at: Surroundings = { ...view, from: seed.to - span, to: seed.to, intervalMs: hour };
      const answer = await search(indices, { ...searchOf(panel.attributes, at) });
      const layer = panel.attributes.state.datasourceStates.formBased.layers.data;
      const rows = rowsOf(panel.attributes, answer, at).map((row) =>
        row.map((cell, index): Cell => {
          const column = layer?.columns[layer.columnOrder[index] ?? ''];
          const isTime = column?.operationType === 'date_histogram' && typeof cell === 'number';
          return isTime ? (cell - seed.from) / hour : cell;
        }),
      );
      expect(rows.map((row) => row.map(rounded))).toEqual(
        expectedRows[id]?.map((row) => row.map((cell) => rounded(cell))),
      );
    },
  );

  it.each(searches.map((one) => [short(one.id), one] as const))('%s finds what is there', async (id, one) => {
    const { indices, runtimeFields } = viewOf(one.references);
    const { query } = one.attributes.kibanaSavedObjectMeta.searchSourceJSON;
    const answer = await search(indices, {
      query: kqlToClause(query.query),
      runtime_mappings: runtimeFields,
      sort: one.attributes.sort.map(([field, order]) => ({ [field]: order })),
    });
    const Hits = z.object({
      hits: z.object({ hits: z.array(z.object({ _source: z.record(z.string(), z.unknown()) })) }),
    });
    const told = Hits.parse(answer).hits.hits.map(
      ({ _source }) => _source.message ?? _source.messageId ?? _source.id,
    );
    expect(told).toEqual(expectedHits[id]);
  });

  const Caps = z.object({
    fields: z.record(
      z.string(),
      z.record(z.string(), z.object({ searchable: z.boolean(), aggregatable: z.boolean() })),
    ),
  });
  const capsOf = async (indices: string, fields: readonly string[]) =>
    Caps.parse(
      await installation.connection.call({
        method: 'GET',
        path: `/${indices}/_field_caps`,
        query: { fields: fields.join(','), ignore_unavailable: true },
      }),
    ).fields;

  it.each(panels.map((panel) => [short(panel.id), panel] as const))(
    '%s uses fields that can be used so',
    async (_, panel) => {
      const { indices, timeField, runtimeFields } = viewOf(panel.references);
      const used = fieldsOfPanel(panel.attributes).filter(({ name }) => !(name in runtimeFields));
      const caps = await capsOf(indices, [timeField, ...used.map(({ name }) => name)]);
      expect(Object.keys(caps[timeField] ?? {})).toEqual(['date']);
      for (const { name, as } of used) {
        const types = Object.entries(caps[name] ?? {});
        expect(types, name).not.toEqual([]);
        for (const [type, { searchable, aggregatable }] of types) {
          expect(searchable, name).toBe(true);
          if (as !== 'filter') expect(aggregatable, name).toBe(true);
          if (as === 'number') expect(['long', 'integer', 'byte', 'float', 'double'], name).toContain(type);
        }
      }
    },
  );

  it('have fields with formats, and controls, that are there', async () => {
    const controls = ofType(objects, 'dashboard').flatMap(({ attributes }) =>
      Object.values(attributes.controlGroupInput?.panelsJSON ?? {}).map(({ explicitInput }) => explicitInput),
    );
    const findings = viewOf([{ type: 'index-pattern', id: 'logpatrol-findings' }]);
    const caps = await capsOf(
      findings.indices,
      controls.map(({ fieldName }) => fieldName),
    );
    for (const { fieldName } of controls) expect(Object.keys(caps[fieldName] ?? {})).toEqual(['keyword']);
    for (const view of views) {
      const { indices, runtimeFields } = viewOf([view]);
      const formatted = Object.keys(view.attributes.fieldFormatMap).filter(
        (name) => !(name in runtimeFields),
      );
      if (formatted.length === 0) continue;
      const there = Object.keys(await capsOf(indices, formatted));
      expect(
        formatted.filter((name) => !there.includes(name)),
        view.id,
      ).toEqual([]);
    }
  });

  it('have columns of searches that are there', async () => {
    for (const one of searches) {
      const { indices } = viewOf(one.references);
      const names = [...one.attributes.columns, ...one.attributes.sort.map(([field]) => field)];
      const there = Object.keys(await capsOf(indices, names));
      expect(
        names.filter((name) => !there.includes(name)),
        one.id,
      ).toEqual([]);
    }
  });
});

/** Percentiles of few values come with the last bits off. */
function rounded(cell: Cell): Cell {
  return typeof cell === 'number' ? Number(cell.toPrecision(8)) : cell;
}

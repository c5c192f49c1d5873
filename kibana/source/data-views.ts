import { type Language, type Text, text } from './language.ts';
import { linesOf } from './lines-link.ts';
import { type SavedObject, savedObject } from './saved-object.ts';

type Format = Readonly<{ id: string; params?: Readonly<Record<string, unknown>> }>;

interface DataView {
  readonly name: Text;
  /** `<namespace>` is filled in at the import. */
  readonly indices: string;
  readonly timeField: string;
  readonly formats?: Readonly<Record<string, (language: Language) => Format>>;
  readonly runtimeFields?: Readonly<Record<string, { type: 'long'; source: string }>>;
}

/** Milliseconds as people read them: `1.5 s`, `3 min`. */
const duration = (): Format => ({
  id: 'duration',
  params: {
    inputFormat: 'milliseconds',
    outputFormat: 'humanizePrecise',
    outputPrecision: 1,
    useShortSuffix: true,
    includeSpaceWithSuffix: true,
  },
});

/** Words in place of what is stored. */
const words =
  (entries: Readonly<Record<string, Text>>) =>
  (language: Language): Format => ({
    id: 'static_lookup',
    params: {
      lookupEntries: Object.entries(entries).map(([key, value]) => ({ key, value: value[language] })),
    },
  });

const available = text('可用', 'available');
const warning = text('警告', 'warning');
const failed = text('故障', 'failed');

/** A link to the lines of what a cell names, in Discover: a drill-down that every licence has. */
const lines = (field: 'service.name' | 'host.name') => (): Format => ({
  id: 'url',
  params: { type: 'a', urlTemplate: linesOf(field), labelTemplate: '{{value}}', openLinkInCurrentTab: false },
});

export const dataViews = {
  logs: {
    name: text('logpatrol 日志', 'logpatrol lines'),
    indices: 'logs-*-<namespace>',
    timeField: '@timestamp',
    formats: { 'logpatrol.lag_ms': duration, 'http.response.body.bytes': () => ({ id: 'bytes' }) },
    runtimeFields: {
      // Lines of before an upgrade have no `event.ingested`.
      'logpatrol.lag_ms': {
        type: 'long',
        source:
          "if (doc.containsKey('event.ingested') && doc['event.ingested'].size() > 0 && doc['@timestamp'].size() > 0) { long lag = doc['event.ingested'].value.toInstant().toEpochMilli() - doc['@timestamp'].value.toInstant().toEpochMilli(); emit(lag < 0 ? 0 : lag); }",
      },
    },
  },
  findings: {
    name: text('logpatrol 发现', 'logpatrol findings'),
    indices: 'findings-<namespace>',
    timeField: 'lastSeen',
    formats: {
      'health.level': words({ 0: available, 1: warning, 2: failed }),
      'health.state': words({ available, warning, failed }),
      'timing.detect_ms': duration,
      'timing.acknowledge_ms': duration,
      'timing.resolve_ms': duration,
      'service.name': lines('service.name'),
      'host.name': lines('host.name'),
    },
  },
  metrics: {
    name: text('logpatrol 传感器读数', 'logpatrol readings'),
    indices:
      'metrics-logpatrol.ipmi-<namespace>,metrics-logpatrol.system-<namespace>,metrics-logpatrol.late-<namespace>',
    timeField: '@timestamp',
    formats: { host: lines('host.name') },
  },
  'server-status': {
    name: text('logpatrol 服务器状态', 'logpatrol server status'),
    indices: 'metrics-logpatrol.status-<namespace>',
    timeField: '@timestamp',
    formats: { tookMs: duration, clockOffsetMs: duration, host: lines('host.name') },
  },
  deliveries: {
    name: text('logpatrol 通知投递', 'logpatrol deliveries'),
    indices: 'deliveries-<namespace>',
    timeField: '@timestamp',
    formats: { latency_ms: duration, response_time_ms: duration },
  },
  audit: {
    name: text('logpatrol 审计', 'logpatrol audit'),
    indices: 'audit-<namespace>',
    timeField: '@timestamp',
  },
} as const satisfies Record<string, DataView>;

export type DataViewName = keyof typeof dataViews;

export function dataViewId(name: DataViewName): string {
  return `logpatrol-${name}`;
}

export function dataViewObject(name: DataViewName, language: Language): SavedObject {
  const view: DataView = dataViews[name];
  const formats = Object.entries(view.formats ?? {}).map(([field, format]) => [field, format(language)]);
  const runtime = Object.entries(view.runtimeFields ?? {}).map(([field, { type, source }]) => [
    field,
    { type, script: { source } },
  ]);
  return savedObject('index-pattern', name, {
    title: view.indices,
    name: view.name[language],
    timeFieldName: view.timeField,
    // So that a dashboard is empty, and no error, before the first document.
    allowNoIndex: true,
    sourceFilters: '[]',
    fields: '[]',
    fieldAttrs: '{}',
    fieldFormatMap: JSON.stringify(Object.fromEntries(formats)),
    runtimeFieldMap: JSON.stringify(Object.fromEntries(runtime)),
    typeMeta: '{}',
  });
}

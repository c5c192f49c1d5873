import pino from 'pino';
import { ConfigSchema } from '#shared/config/index.ts';
import type { Incident } from '#shared/model/index.ts';
import type { RunbookHit, RunbookQuery } from '#shared/runbooks/port.ts';
import { sampleIncident } from '#test/samples/incident.ts';
import { elasticsearchSetting, embeddedSetting, type StoreSetting } from '#test/samples/stored.ts';
import { type ContextSourcesOptions, openContextSources } from '../index.ts';

export const first = Date.UTC(2026, 10, 20, 8, 0, 0);
export const iso = (at: number): string => new Date(at).toISOString();
export const forever = new AbortController().signal;
const silent = pino({ level: 'silent' });

export const hit = (name: string): RunbookHit => ({
  ...{ name, title: name, section: '', path: `${name}.md`, line: 1, text: name, terms: [] },
  ...{ foundBy: 'search', score: 1 },
});
export const never = <T>() => new Promise<T>(() => undefined);
const unused: ContextSourcesOptions['store'] = { searchLogs: async () => [], searchFindings: async () => [] };

/** Sources that know nothing but what is changed, and what they looked for in runbooks. */
export function sourcesWith(changes: Partial<ContextSourcesOptions> & { reasoning?: object }) {
  const { reasoning = {}, ...more } = changes;
  const queries: RunbookQuery[] = [];
  const all = [] as const;
  const options: ContextSourcesOptions = {
    config: ConfigSchema.parse({ language: 'en', reasoning }),
    runbooks: {
      all: () => all,
      find: (query) => {
        queries.push(query);
        return [hit('by-words')];
      },
      search: async () => [hit('by-meaning')],
    },
    store: unused,
    controls: { all: () => [] },
    logger: silent,
    ...more,
  };
  return { sources: openContextSources(options), queries };
}

export const incident = (changes: Partial<Incident> = {}): Incident =>
  sampleIncident({
    service: 'shop',
    hosts: [{ name: 'web-1', count: 2 }],
    firstSeen: iso(first),
    lastSeen: iso(first),
    exemplars: [
      {
        ...{ id: 'shown', timestamp: iso(first), host: 'web-1', text: 'ERROR cannot write order 17' },
        before: ['writing order 17'],
      },
    ],
    ...changes,
  });

/** The stores that there are, by name. */
export const settings: Record<string, () => Promise<StoreSetting>> = {
  'the embedded store': embeddedSetting,
  Elasticsearch: elasticsearchSetting,
};

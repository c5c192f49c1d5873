import { Gauge, Histogram, type Registry } from 'prom-client';

/** What there is to count about runbooks. */
export interface RunbookMetrics {
  held(library: { readonly runbooks: readonly unknown[]; readonly entries: readonly unknown[] }): void;
  embedded(sections: number): void;
  searched(by: 'words' | 'both', milliseconds: number): void;
}

export function runbookMetrics(registry: Registry): RunbookMetrics {
  const registers = [registry];
  const runbooks = new Gauge({ name: 'logpatrol_runbooks', help: 'Runbooks that are in force.', registers });
  const sections = new Gauge({
    name: 'logpatrol_runbook_sections',
    help: 'Sections of the runbooks that are in force.',
    registers,
  });
  const embedded = new Gauge({
    name: 'logpatrol_runbook_sections_embedded',
    help: 'Of them, those that are found by their meaning too.',
    registers,
  });
  const searches = new Histogram({
    name: 'logpatrol_runbook_search_seconds',
    help: 'Time of one search for runbooks, by words alone or by words and meaning.',
    labelNames: ['by'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 2],
    registers,
  });
  return {
    held: (library) => {
      runbooks.set(library.runbooks.length);
      sections.set(library.entries.length);
    },
    embedded: (count) => embedded.set(count),
    searched: (by, milliseconds) => searches.observe({ by }, milliseconds / 1000),
  };
}

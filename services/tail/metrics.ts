import { Counter, Gauge, type Registry } from 'prom-client';

export interface TailMetrics {
  readonly lines: Counter<'topic'>;
  readonly bytes: Counter;
  readonly truncations: Counter;
  readonly files: Gauge;
  readonly lag: Gauge;
}

export function tailMetrics(registry: Registry): TailMetrics {
  const registers = [registry];
  return {
    lines: new Counter({
      name: 'logpatrol_tail_lines_total',
      help: 'Events published; a joined stack trace counts once.',
      labelNames: ['topic'],
      registers,
    }),
    bytes: new Counter({
      name: 'logpatrol_tail_bytes_total',
      help: 'Bytes of files that were read and published.',
      registers,
    }),
    truncations: new Counter({
      name: 'logpatrol_tail_truncations_total',
      help: 'Files that were truncated or replaced in place, and read again from the beginning.',
      registers,
    }),
    files: new Gauge({
      name: 'logpatrol_tail_files',
      help: 'Files that are followed.',
      registers,
    }),
    lag: new Gauge({
      name: 'logpatrol_tail_lag_bytes',
      help: 'Bytes of followed files that are not published yet.',
      registers,
    }),
  };
}

import { Counter, type Registry } from 'prom-client';
import type { DetectStageOptions } from './detect/index.ts';

/** Counts what detection reads, decodes and finds, by log type. */
export function detectMetrics(registry: Registry): NonNullable<DetectStageOptions['observe']> {
  const counter = (name: string, help: string) =>
    new Counter({ name, help, labelNames: ['type'] as const, registers: [registry] });
  const lines = counter('logpatrol_detect_lines_total', 'Log lines that detection has read.');
  const decoded = counter(
    'logpatrol_detect_decoded_lines_total',
    'Log lines that the gate let through, which were decoded and matched by rules.',
  );
  const signals = counter('logpatrol_detect_signals_total', 'Signals that detection has given out.');
  return (event) => {
    lines.inc({ type: event.type }, event.lines);
    decoded.inc({ type: event.type }, event.decoded);
    signals.inc({ type: event.type }, event.signals);
  };
}

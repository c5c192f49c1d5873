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
  const late = counter(
    'logpatrol_detect_late_lines_total',
    'Lines that rules matched and that were read more than ten minutes after the time that they state.',
  );
  const future = counter(
    'logpatrol_detect_future_lines_total',
    'Lines that rules matched and that state a time more than a minute ahead; they count as of now.',
  );
  const passedOver = counter(
    'logpatrol_detect_passed_over_lines_total',
    'Events of BMCs that detection has decoded and left to the stage hardware.',
  );
  return (event) => {
    lines.inc({ type: event.type }, event.lines);
    decoded.inc({ type: event.type }, event.decoded);
    signals.inc({ type: event.type }, event.signals);
    late.inc({ type: event.type }, event.late);
    future.inc({ type: event.type }, event.future);
    passedOver.inc({ type: event.type }, event.passedOver);
  };
}

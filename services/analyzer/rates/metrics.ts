import { Counter, Gauge, type Registry } from 'prom-client';
import type { RatesSize } from './rates.ts';

/** What rates show on `/metrics`. */
export interface RatesMetrics {
  state(domain: string, size: RatesSize): void;
  said(domain: string, rule: string): void;
  evicted(domain: string, kinds: number): void;
}

export function ratesMetrics(registry: Registry): RatesMetrics {
  const registers = [registry];
  const services = new Gauge({
    name: 'logpatrol_rates_services',
    help: 'Services by the state of their history: learning (too short for any alarm) or judged.',
    labelNames: ['domain', 'state'],
    registers,
  });
  const kinds = new Gauge({
    name: 'logpatrol_rates_kinds',
    help: 'Kinds of lines of which a history is kept.',
    labelNames: ['domain'],
    registers,
  });
  const bytes = new Gauge({
    name: 'logpatrol_rates_state_bytes',
    help: 'Estimated bytes of histories and templates in memory.',
    labelNames: ['domain'],
    registers,
  });
  const evicted = new Counter({
    name: 'logpatrol_rates_evicted_total',
    help: 'Kinds of lines whose history was given up because memory reached its bound.',
    labelNames: ['domain'],
    registers,
  });
  const said = new Counter({
    name: 'logpatrol_rates_hits_total',
    help: 'Hits of rates by rule: new, spike, silent.',
    labelNames: ['domain', 'rule'],
    registers,
  });
  return {
    state(domain, size) {
      services.set({ domain, state: 'learning' }, size.services - size.judged);
      services.set({ domain, state: 'judged' }, size.judged);
      kinds.set({ domain }, size.kinds);
      bytes.set({ domain }, size.bytes);
    },
    evicted: (domain, count) => evicted.inc({ domain }, count),
    said: (domain, rule) => said.inc({ domain, rule }),
  };
}

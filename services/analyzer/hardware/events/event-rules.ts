import type { Config } from '#shared/config/index.ts';
import type { Quota, SelEvent, Severity } from '#shared/model/index.ts';
import { createMatcher, type Language, type RuleSet } from '../../detect/index.ts';
import type { Component } from '../component.ts';

/** What a rule says of an event. */
export interface EventRule {
  readonly id: string;
  readonly pack: string;
  readonly title: string;
  readonly severity: Severity;
  readonly pinned: boolean;
  readonly runbook: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly atMost: Quota | undefined;
}

/** The rules that no pack has. */
export const otherRule = 'hardware.other';
export const flappingRule = 'hardware.flapping';

const titles = {
  [otherRule]: { zh: '其他硬件事件', en: 'Other hardware event' },
  [flappingRule]: { zh: '硬件事件反复出现又恢复', en: 'Hardware event that comes and goes' },
} as const;

/** What to do about a part of which no rule says more. */
const runbooks: Readonly<Record<Component, string>> = {
  temperature: 'server-overheating',
  fan: 'fan-fault',
  'power-supply': 'power-supply-fault',
  voltage: 'power-supply-fault',
  memory: 'ecc-memory-errors',
  processor: 'machine-check-errors',
  disk: 'disk-failing',
  chassis: 'bmc-housekeeping',
  'event-log': 'bmc-housekeeping',
  bmc: 'bmc-housekeeping',
  system: 'machine-check-errors',
  other: 'sensor-trend',
};

/** What comes and goes is looked at in the same way whatever the part. */
const flappingRunbook = 'sensor-trend';

/** Every rule id that no pack has, with its runbook where it has the same one for every part. */
export const eventRules: readonly { readonly id: string; readonly runbook: string | undefined }[] = [
  { id: otherRule, runbook: undefined },
  { id: flappingRule, runbook: flappingRunbook },
];

export interface EventRulesOptions {
  readonly rules: RuleSet;
  /** Packs that look at the event logs of BMCs, as `config.routes.ipmi` has it; absent: all of them. */
  readonly packs: Config['routes'][string]['packs'];
  readonly language: Language;
}

/** The rules of the packs, asked what they say of an event. */
export class EventRules {
  readonly #matcher: ReturnType<typeof createMatcher>;
  readonly #byId: ReadonlyMap<string, RuleSet['rules'][number]>;
  readonly #language: Language;

  constructor({ rules, packs, language }: EventRulesOptions) {
    this.#matcher = createMatcher(rules, 'ipmi', packs);
    this.#byId = new Map(rules.rules.map((rule) => [rule.id, rule]));
    this.#language = language;
  }

  /**
   * The id and the severity of the rule that speaks for what has begun: of a pack, else by the tables of the specification where they
   * call it a warning or worse. Undefined: nobody needs to know.
   */
  of(event: SelEvent): { readonly id: string; readonly severity: Severity } | undefined {
    const bytes = Buffer.from(event.message);
    const speaker = this.#matcher.match(bytes, 0, bytes.length, () => ({
      text: event.message,
      service: event.service.name,
    }))?.speaker;
    if (speaker !== undefined) return { id: speaker.rule.id, severity: speaker.rule.severity };
    const { severity } = event.ipmi;
    return severity === 'info' ? undefined : { id: otherRule, severity };
  }

  /** What is told under a rule; one that no pack has any longer is told as any other event. */
  described(id: string, severity: Severity, component: Component): EventRule {
    const rule = this.#byId.get(id);
    if (rule !== undefined)
      return {
        id,
        pack: rule.pack,
        title: rule.title,
        severity: rule.severity,
        pinned: rule.pinned,
        runbook: rule.runbook ?? runbooks[component],
        labels: rule.labels ?? {},
        atMost: rule.atMost,
      };
    const title = titles[id === flappingRule ? flappingRule : otherRule];
    return {
      id,
      pack: 'hardware',
      title: this.#language === 'en' ? title.en : title.zh,
      severity,
      pinned: false,
      runbook: id === flappingRule ? flappingRunbook : runbooks[component],
      labels: {},
      atMost: undefined,
    };
  }
}

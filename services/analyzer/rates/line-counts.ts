import type { Counts, Exemplar, Severity } from '#shared/model/index.ts';
import { createTemplates, type Templates } from '../templates/index.ts';

const minuteMs = 60_000;
/** Bounds of what is counted of hostile files: kinds in all, minutes of all kinds. */
const maxKinds = 50_000;
const maxMinutes = 2_000_000;
const templateBytes = 32 * 1024 * 1024;

/** A line of a file that is counted. */
export interface CountedFileLine {
  readonly service: string;
  readonly type: string;
  readonly masked: string;
  /** Event time in milliseconds since the epoch; `undefined`: nothing tells it, and it counts in no window. */
  readonly time: number | undefined;
  readonly severity: Severity;
  /** The rule that speaks for it. */
  readonly rule: string | undefined;
  exemplar(): Exemplar;
}

/** The lines of one kind. */
export interface KindCount {
  readonly service: string;
  readonly type: string;
  /** It changes when templates are united. */
  template: { readonly id: string; readonly text: string };
  /** Start of the minute → lines; not all of them where there were too many. */
  readonly minutes: Map<number, number>;
  readonly exemplar: Exemplar;
  total: number;
  severity: Severity;
  rule: Counts['entries'][number]['rule'];
}

/** Counts the lines of finished files by service and kind, whatever their order. Of bounded size. */
export class LineCounts {
  readonly #templates: Templates = createTemplates({ maxBytes: templateBytes });
  /** By service, then by template id. */
  readonly #services = new Map<string, Map<string, KindCount>>();
  /** What templates that were known before have become: their id → the present one. */
  readonly #became = new Map<string, string>();
  #kinds = 0;
  #minutes = 0;
  #lines = 0;

  /** @param known texts of templates that there are already */
  constructor(known: Iterable<string> = []) {
    for (const text of known) this.#templates.restore(text);
  }

  /** Lines in all. */
  get lines(): number {
    return this.#lines;
  }

  add(line: CountedFileLine): void {
    this.#lines += 1;
    const template = this.#templates.learn(line.masked);
    if (template.formerIds.length > 0) this.#unite(template, template.formerIds);
    const kinds = this.#services.get(line.service) ?? new Map<string, KindCount>();
    this.#services.set(line.service, kinds);
    let kind = kinds.get(template.id);
    if (kind === undefined) {
      if (this.#kinds >= maxKinds) return;
      this.#kinds += 1;
      const { service, type, severity, rule } = line;
      const { id, text } = template;
      kind = {
        service,
        type,
        template: { id, text },
        minutes: new Map(),
        exemplar: line.exemplar(),
        total: 0,
        severity,
        rule,
      };
      kinds.set(template.id, kind);
    }
    kind.total += 1;
    kind.rule ??= line.rule;
    if (line.severity !== 'info') kind.severity = line.severity;
    if (line.time !== undefined) this.#count(kind.minutes, line.time - (line.time % minuteMs), 1);
  }

  /** What a template that was given at the beginning, or has been learned since, is now. */
  presentId(id: string): string {
    return this.#became.get(id) ?? id;
  }

  services(): ReadonlyMap<string, ReadonlyMap<string, KindCount>> {
    return this.#services;
  }

  #count(minutes: Map<number, number>, minute: number, lines: number): void {
    const before = minutes.get(minute);
    if (before === undefined) {
      if (this.#minutes >= maxMinutes) return;
      this.#minutes += 1;
    }
    minutes.set(minute, (before ?? 0) + lines);
  }

  #unite({ id, text }: { id: string; text: string }, formerIds: readonly string[]): void {
    for (const [old, now] of this.#became) if (formerIds.includes(now)) this.#became.set(old, id);
    for (const former of formerIds) if (former !== id) this.#became.set(former, id);
    for (const kinds of this.#services.values())
      for (const former of formerIds) {
        const old = kinds.get(former);
        if (old === undefined || former === id) continue;
        kinds.delete(former);
        const kind = kinds.get(id);
        if (kind === undefined) {
          old.template = { id, text };
          kinds.set(id, old);
          continue;
        }
        this.#kinds -= 1;
        kind.total += old.total;
        kind.rule ??= old.rule;
        if (old.severity !== 'info') kind.severity = old.severity;
        this.#minutes -= old.minutes.size;
        for (const [minute, lines] of old.minutes) this.#count(kind.minutes, minute, lines);
      }
  }
}

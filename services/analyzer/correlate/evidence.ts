import type { Incident } from '#shared/model/index.ts';
import { addExemplars, exemplarBytes } from './exemplars.ts';
import { HostCounts } from './host-counts.ts';
import { iso } from './iso.ts';
import { LineSeries } from './line-series.ts';
import type { Lines } from './lines.ts';
import { countScale, hostScale } from './scale.ts';

type Written = Pick<
  Incident,
  | 'count'
  | 'hosts'
  | 'hostCount'
  | 'hostSketch'
  | 'firstSeen'
  | 'lastSeen'
  | 'firstArrivedAt'
  | 'lastArrivedAt'
  | 'exemplars'
  | 'series'
>;

/** The lines of one incident that count: how many, where, when, and some of them. Moments are milliseconds since the epoch. */
export class Evidence {
  count = 0;
  readonly hosts: HostCounts;
  readonly #series: LineSeries;
  #exemplars: Incident['exemplars'];
  #firstSeen: number;
  #lastSeen: number;
  #firstArrivedAt: number;
  lastArrivedAt: number;

  private constructor(written: Written) {
    this.count = written.count;
    this.hosts = HostCounts.restore(written.hosts, written.hostSketch);
    this.#exemplars = written.exemplars;
    this.#firstSeen = Date.parse(written.firstSeen);
    this.#lastSeen = Date.parse(written.lastSeen);
    this.#firstArrivedAt = Date.parse(written.firstArrivedAt);
    this.lastArrivedAt = Date.parse(written.lastArrivedAt);
    const { count } = written;
    const all = { firstSeen: this.#firstSeen, lastSeen: this.#lastSeen, count };
    this.#series = LineSeries.restore(written.series, all);
  }

  static restore(written: Written): Evidence {
    return new Evidence(written);
  }

  /** Counts further lines in. True where that brings it to a new scale of lines or of hosts. */
  add(lines: Lines): boolean {
    const countBefore = this.count;
    const hostsBefore = this.hosts.size;
    this.count += lines.count;
    this.hosts.add(lines.hosts);
    for (const span of lines.spans ?? [lines]) this.#series.add(span);
    this.#exemplars = [...addExemplars(this.#exemplars, lines.exemplars)];
    // Before the first lines that count there is only what stood in for them.
    this.#firstSeen = countBefore === 0 ? lines.firstSeen : Math.min(this.#firstSeen, lines.firstSeen);
    this.#lastSeen = countBefore === 0 ? lines.lastSeen : Math.max(this.#lastSeen, lines.lastSeen);
    if (countBefore === 0) this.#firstArrivedAt = lines.firstArrivedAt;
    this.lastArrivedAt = Math.max(this.lastArrivedAt, lines.lastArrivedAt);
    return (
      countScale(this.count) !== countScale(countBefore) ||
      hostScale(this.hosts.size) !== hostScale(hostsBefore)
    );
  }

  /** Event time of the first line, and of the last. */
  get firstSeen(): number {
    return this.#firstSeen;
  }

  get lastSeen(): number {
    return this.#lastSeen;
  }

  written(): Written {
    const sketch = this.hosts.sketch();
    const series = this.#series.written();
    return {
      count: this.count,
      hosts: this.hosts.list(),
      hostCount: this.hosts.size,
      ...(sketch !== undefined && { hostSketch: sketch }),
      firstSeen: iso(this.#firstSeen),
      lastSeen: iso(this.#lastSeen),
      firstArrivedAt: iso(this.#firstArrivedAt),
      lastArrivedAt: iso(this.lastArrivedAt),
      exemplars: [...this.#exemplars],
      ...(series && { series }),
    };
  }

  /** An upper bound of its bytes in memory. */
  get bytes(): number {
    return this.hosts.bytes + this.#series.bytes + exemplarBytes(this.#exemplars);
  }
}

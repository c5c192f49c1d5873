import { compareSeverity, type Incident } from '#shared/model/index.ts';

/** Nobody reads more findings than this. */
const maxIncidents = 5000;
/** Distinct rules and services that further incidents are added up by. */
const maxSums = 1000;
/** Evidence that is left to an incident; in characters. */
const maxText = 500;

/**
 * The incidents for which a correlator had no room, with little evidence; and beyond a bound, one for each rule and service
 * that stands for all the others of it, so that no line goes uncounted and memory stays bounded.
 */
export class SetAside {
  readonly #incidents: Incident[] = [];
  readonly #sums = new Map<string, Incident>();

  get count(): number {
    return this.#incidents.length + this.#sums.size;
  }

  add(incident: Incident): void {
    const light = {
      ...incident,
      exemplars: incident.exemplars.slice(0, 1).map((exemplar) => ({
        ...exemplar,
        text: exemplar.text.slice(0, maxText).toWellFormed(),
        before: [],
      })),
    };
    if (this.#incidents.length < maxIncidents) {
      this.#incidents.push(light);
      return;
    }
    const exact = JSON.stringify([light.rule, light.service]);
    const key = this.#sums.has(exact) || this.#sums.size < maxSums ? exact : light.rule;
    const sum = this.#sums.get(key);
    this.#sums.set(key, sum === undefined ? light : added(sum, light));
  }

  all(): Incident[] {
    return [...this.#incidents, ...this.#sums.values()];
  }
}

function added(a: Incident, b: Incident): Incident {
  return {
    ...a,
    severity: compareSeverity(a.severity, b.severity) >= 0 ? a.severity : b.severity,
    count: a.count + b.count,
    firstSeen: a.firstSeen < b.firstSeen ? a.firstSeen : b.firstSeen,
    lastSeen: a.lastSeen > b.lastSeen ? a.lastSeen : b.lastSeen,
  };
}

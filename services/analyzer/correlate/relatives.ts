import type { Incident, RelatedIncident, Severity } from '#shared/model/index.ts';

/** Dependants that are named. */
export const dependantCap = 20;

/** How an incident is related to others: what caused it, and what it has taken in. */
export class Relatives {
  causedBy: RelatedIncident | undefined;
  /** The worst severity among what it has taken in, where that is worse than its own. */
  worst: Severity | undefined;
  #dependants: readonly RelatedIncident[];
  #count: number;

  constructor({
    causedBy,
    dependants = [],
    dependantCount = 0,
    worstDependant,
  }: Pick<Incident, 'causedBy' | 'dependants' | 'dependantCount' | 'worstDependant'> = {}) {
    this.causedBy = causedBy;
    this.worst = worstDependant;
    this.#dependants = dependants;
    this.#count = dependantCount;
  }

  takeIn(dependant: RelatedIncident): void {
    this.#count += 1;
    if (this.#dependants.length < dependantCap) this.#dependants = [...this.#dependants, dependant];
  }

  letGo(id: string): void {
    this.#dependants = this.#dependants.filter((one) => one.id !== id);
    this.#count = Math.max(this.#dependants.length, this.#count - 1);
  }

  written(): Pick<Incident, 'causedBy' | 'dependants' | 'dependantCount' | 'worstDependant'> {
    return {
      ...(this.causedBy && { causedBy: this.causedBy }),
      ...(this.#dependants.length > 0 && { dependants: [...this.#dependants] }),
      ...(this.#count > 0 && { dependantCount: this.#count }),
      ...(this.worst !== undefined && { worstDependant: this.worst }),
    };
  }

  /** An upper bound of its bytes in memory. */
  get bytes(): number {
    return 400 * (this.#dependants.length + (this.causedBy === undefined ? 0 : 1));
  }
}

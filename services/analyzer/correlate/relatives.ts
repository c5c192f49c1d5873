import type { Incident, RelatedIncident } from '#shared/model/index.ts';

/** Dependants that are named. */
export const dependantCap = 20;

/** How an incident is related to others: what caused it, and what it has taken in. */
export class Relatives {
  causedBy: RelatedIncident | undefined;
  #dependants: readonly RelatedIncident[];
  #count: number;

  constructor({
    causedBy,
    dependants = [],
    dependantCount = 0,
  }: Pick<Incident, 'causedBy' | 'dependants' | 'dependantCount'> = {}) {
    this.causedBy = causedBy;
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

  written(): Pick<Incident, 'causedBy' | 'dependants' | 'dependantCount'> {
    return {
      ...(this.causedBy && { causedBy: this.causedBy }),
      ...(this.#dependants.length > 0 && { dependants: [...this.#dependants] }),
      ...(this.#count > 0 && { dependantCount: this.#count }),
    };
  }

  /** An upper bound of its bytes in memory. */
  get bytes(): number {
    return 400 * (this.#dependants.length + (this.causedBy === undefined ? 0 : 1));
  }
}

/**
 * Gives terms short names, and counts in how many sections each is. minisearch keeps terms in a tree of characters and looks at the branches
 * of one after another: with thousands of Chinese characters at its root that took more than half of the time to build the index. A name is
 * a number, which has ten branches, behind a letter: objects whose keys are large numbers alone are slow.
 */
export class TermNames {
  readonly #names = new Map<string, string>();
  readonly #terms = new Map<string, { readonly term: string; sections: number }>();

  /** The name of a term, which has one from now on. */
  give(term: string): string {
    const known = this.#names.get(term);
    if (known !== undefined) return known;
    const name = `t${this.#names.size}`;
    this.#names.set(term, name);
    this.#terms.set(name, { term, sections: 0 });
    return name;
  }

  /** Counts one more section for each of the terms of these names. */
  count(names: ReadonlySet<string>): void {
    for (const name of names) {
      const term = this.#terms.get(name);
      if (term !== undefined) term.sections++;
    }
  }

  /** The name of a term, where it has one. */
  of(term: string): string | undefined {
    return this.#names.get(term);
  }

  /** The term of a name; none but those that were given. */
  termOf(name: string): string {
    return this.#terms.get(name)?.term ?? '';
  }

  /** In how many sections the term of a name is. */
  sections(name: string): number {
    return this.#terms.get(name)?.sections ?? 0;
  }
}

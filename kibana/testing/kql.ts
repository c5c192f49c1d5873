/** A query of Elasticsearch. */
export type Clause = Readonly<Record<string, unknown>>;

/** A mark, a text in quotes, or a run of what is neither. */
const token = /\s*(?:(?<mark>[():]|[<>]=?)|"(?<quoted>(?:[^"\\]|\\.)*)"|(?<word>[^\s():<>"]+))/y;

interface Token {
  readonly kind: 'mark' | 'quoted' | 'word';
  readonly text: string;
}

/**
 * What Kibana asks of Elasticsearch for a query in its language, written anew from its documentation
 * (elastic.co/guide/en/kibana/current/kuery-query.html) for what the panels use of it: fields with a value, a list of values, any
 * value or a bound, joined by and, or, not and parentheses. Anything else is refused.
 */
export function kqlToClause(text: string): Clause {
  if (text.trim() === '') return { match_all: {} };
  const parser = new Parser(tokensOf(text));
  const clause = parser.either();
  parser.expectEnd();
  return clause;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (text.slice(token.lastIndex).trim() !== '') {
    const found = token.exec(text)?.groups;
    if (found === undefined) throw new Error(`KQL: cannot read ${text}`);
    const [kind, value] = Object.entries(found).find((entry) => entry[1] !== undefined) ?? [];
    if (kind === 'mark' || kind === 'word') tokens.push({ kind, text: value ?? '' });
    else tokens.push({ kind: 'quoted', text: (value ?? '').replaceAll(/\\(.)/g, '$1') });
  }
  return tokens;
}

class Parser {
  readonly #tokens: Token[];

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  either(): Clause {
    const should = [this.#both()];
    while (this.#takes('word', 'or')) should.push(this.#both());
    return should.length === 1 && should[0] ? should[0] : { bool: { should, minimum_should_match: 1 } };
  }

  expectEnd(): void {
    const [next] = this.#tokens;
    if (next !== undefined) throw new Error(`KQL: ${next.text} is one too many`);
  }

  #both(): Clause {
    const filter = [this.#negated()];
    while (this.#takes('word', 'and')) filter.push(this.#negated());
    return filter.length === 1 && filter[0] ? filter[0] : { bool: { filter } };
  }

  #negated(): Clause {
    if (this.#takes('word', 'not')) return { bool: { must_not: this.#negated() } };
    if (!this.#takes('mark', '(')) return this.#comparison();
    const clause = this.either();
    this.#expect(')');
    return clause;
  }

  #comparison(): Clause {
    const field = this.#next('word').text;
    const mark = this.#next('mark').text;
    const bounds = new Map([
      ['>', 'gt'],
      ['>=', 'gte'],
      ['<', 'lt'],
      ['<=', 'lte'],
    ]);
    const bound = bounds.get(mark);
    if (bound !== undefined) return { range: { [field]: { [bound]: this.#next('word').text } } };
    if (mark !== ':') throw new Error(`KQL: ${mark} behind ${field}`);
    if (!this.#takes('mark', '(')) return this.#value(field);
    const should = [this.#value(field)];
    while (this.#takes('word', 'or')) should.push(this.#value(field));
    this.#expect(')');
    return { bool: { should, minimum_should_match: 1 } };
  }

  #value(field: string): Clause {
    const value = this.#tokens.shift();
    if (value === undefined || value.kind === 'mark') throw new Error(`KQL: ${field} has no value`);
    if (value.kind === 'quoted') return { match_phrase: { [field]: value.text } };
    if (value.text === '*') return { exists: { field } };
    if (/[*\\]/.test(value.text)) throw new Error(`KQL: wildcards are not read here: ${value.text}`);
    return { match: { [field]: value.text } };
  }

  #takes(kind: Token['kind'], text: string): boolean {
    const [next] = this.#tokens;
    if (next?.kind !== kind || next.text.toLowerCase() !== text) return false;
    this.#tokens.shift();
    return true;
  }

  #expect(mark: string): void {
    if (!this.#takes('mark', mark)) throw new Error(`KQL: ${mark} is missing`);
  }

  #next(kind: Token['kind']): Token {
    const next = this.#tokens.shift();
    if (next?.kind !== kind) throw new Error(`KQL: ${next?.text ?? 'the end'} is no ${kind}`);
    return next;
  }
}

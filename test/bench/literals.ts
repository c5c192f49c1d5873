import { loadRules } from '#services/analyzer/detect/index.ts';

/** What the shipped rules' gate looks for, in lower case, sorted. */
export async function shippedLiterals(): Promise<string[]> {
  const { rules } = await loadRules({ paths: [], shipped: true, language: 'en' });
  const literals = rules.flatMap((rule) => rule.literals ?? []).map((literal) => literal.toLowerCase());
  return [...new Set(literals)].sort();
}

/** Of the failures in `ordinaryLine`. */
const inOrdinaryLines = [
  'java.lang.outofmemoryerror',
  'connection refused',
  'sockettimeoutexception',
  'too many connections',
];

/** `count` of the shipped literals, evenly chosen, among them those that find the hits in `ordinaryLine`, and Chinese ones. */
export async function someLiterals(count: number): Promise<string[]> {
  const shipped = await shippedLiterals();
  const always = [
    ...inOrdinaryLines,
    ...shipped.filter((literal) => Buffer.byteLength(literal) > literal.length),
  ];
  // The levels of lines are in each of them, in whatever language: a list that a person writes names what is wrong.
  const others = shipped.filter(
    (literal) => literal.length > 5 && literal.trim() === literal && !always.includes(literal),
  );
  const wanted = count - always.length;
  return [
    ...always,
    ...others
      .filter(
        (_, index) =>
          Math.floor((index * wanted) / others.length) !== Math.floor(((index - 1) * wanted) / others.length),
      )
      .slice(0, wanted),
  ];
}

/** A rule pack of these keywords, five a rule. */
export function keywordPack(keywords: readonly string[]): string {
  const rules = Array.from({ length: Math.ceil(keywords.length / 5) }, (_, index) => {
    const own = keywords.slice(5 * index, 5 * index + 5);
    return {
      id: `bench.rule-${index}`,
      title: `Rule ${index}`,
      why: 'To measure.',
      source: 'test/bench/literals.ts',
      severity: 'warning',
      keywords: own,
      examples: { match: own, 'no-match': ['nothing'] },
    };
  });
  return JSON.stringify({ pack: 'bench', title: 'Bench', rules });
}

import { createRandom } from '#test/integrity/random.ts';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  return createRandom(seed).next;
}

type Next = () => number;

function pick<T>(from: readonly [T, ...T[]], next: Next): T {
  return from[Math.floor(next() * from.length)] ?? from[0];
}

const labels = [
  'L1',
  'L2',
  'L01',
  'l1',
  'L1 ',
  ' L3',
  '\u00a0L1',
  'L1\u200b',
  'L4',
  'L99',
  'L-1',
  'L1,L2',
  'L1.0',
  'R1',
  'R9',
  'own',
  'line-1',
  'id-L1',
  '__proto__',
  'constructor',
  'toString',
  '',
  'Ｌ１',
  'L1\u0000',
  '[L2]',
  'L10',
  'L1e0',
] as const;

const strings = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  'a\udfff b',
  '\u202eevil',
  '\u200b',
  'x\ny',
  '<at id=all></at>',
  '</think>',
  '<think>',
  '```',
  '{}',
  '🔥'.repeat(300),
  '一二三。'.repeat(200),
  'NaN',
  '__proto__',
  '\ufeff',
  'critical',
  'unknown',
  '[EMAIL:aaaaaa]',
] as const;

/** A value of any kind, mostly of a wrong one. */
function anything(next: Next, depth = 0): unknown {
  const kinds: readonly [() => unknown, ...(() => unknown)[]] = [
    () => pick(labels, next),
    () => pick(strings, next),
    () => null,
    () => next() < 0.5,
    () => Math.round((next() - 0.5) * 10 ** Math.floor(next() * 20)),
    () => next(),
    () => 'y'.repeat(Math.floor(next() ** 8 * 20_000)),
    () => Array.from({ length: Math.floor(next() * 6) }, () => (depth > 3 ? 0 : anything(next, depth + 1))),
    () => Object.fromEntries([[pick(strings, next), depth > 3 ? 0 : anything(next, depth + 1)]]),
    () => ({ text: depth > 3 ? '' : anything(next, depth + 1), from: pick(labels, next) }),
  ];
  return pick(kinds, next)();
}

const fields = [
  'evidence',
  'cause',
  'verdict',
  'severity',
  'confidence',
  'summary',
  'actions',
  'extra',
] as const;

/** A change of the value: its fields replaced, left out, or filled with what is not theirs. */
function changed(answer: Record<string, unknown>, next: Next): Record<string, unknown> {
  const field = pick(fields, next);
  const rest = Object.fromEntries(Object.entries(answer).filter(([name]) => name !== field));
  const kind = next();
  if (kind < 0.1) return rest;
  if (kind < 0.35)
    return { ...answer, evidence: Array.from({ length: Math.floor(next() * 12) }, () => pick(labels, next)) };
  if (kind < 0.5)
    return {
      ...answer,
      actions: Array.from({ length: Math.floor(next() * 8) }, () => ({
        text: pick(strings, next),
        from: pick(labels, next),
      })),
    };
  if (kind < 0.6) return { ...answer, cause: pick(strings, next) };
  if (kind < 0.7)
    return { ...answer, verdict: pick(['watch', 'unknown', ' Not Actionable', 'no', ''], next) };
  return { ...answer, [field]: anything(next) };
}

/** A change of the JSON text itself. */
function scrambled(json: string, next: Next): string {
  const at = Math.floor(next() * json.length);
  const kinds: readonly [() => string, ...(() => string)[]] = [
    () => json.slice(0, at),
    () => json.slice(at),
    () => `${json.slice(0, at)}${String.fromCharCode(Math.floor(next() * 0x1_0000))}${json.slice(at + 1)}`,
    () => `${json.slice(0, at)}${pick(strings, next)}${json.slice(at)}`,
    () => `${json.slice(0, at)}${json.slice(at + Math.floor(next() * 10))}`,
    () =>
      json.replace(
        /80/,
        pick(['NaN', '1e999', '-1e999', '1e-999', 'Infinity', '0x50', '080', '1'.repeat(400)], next),
      ),
    () =>
      json.replace(
        '{',
        '{"__proto__":{"polluted":true,"evidence":["L9"]},"constructor":{"prototype":{"polluted":1}},',
      ),
    () => json.replace('{', '{"evidence":["L9"],"severity":"info",'),
    () => json.replace(/\}$/, ',"evidence":["L9","L2"]}'),
    () =>
      json.replace(
        '{',
        `{"deep":${'['.repeat(Math.floor(next() ** 4 * 3000))}${']'.repeat(Math.floor(next() ** 4 * 3000))},`,
      ),
    () => json.replaceAll(',', `,${pick([' ', '\n\t', '\u00a0', '\u2028'], next).repeat(5)}`),
    () =>
      json.replaceAll(
        /"L(\d)"/g,
        pick(['"\\u004c$1"', '"L$1\\u0000"', '"\\ud800L$1"', '" L$1\\n"', '"l0$1"'], next),
      ),
    () => `<think>${json}</think>${json}`,
    () => `maybe {"summary":"no"}</think>\n${json}`,
    () => `<think>${json}`,
    () => `Sure:\n\`\`\`json\n${json}\n\`\`\`\nbye`,
    () => `${json}${json}`,
    () => `[${json}]`,
    () => Buffer.from(json).toString('latin1'),
    () => `\ufeff${json}`,
  ];
  return pick(kinds, next)();
}

/** The answer, changed a few times as a value, and then as a text. */
export function mutate(answer: Record<string, unknown>, next: Next): string {
  let value = answer;
  for (let times = Math.floor(next() * 3); times > 0; times--) value = changed(value, next);
  let json = JSON.stringify(value);
  for (let times = Math.floor(next() * 3); times > 0; times--) json = scrambled(json, next);
  return json;
}

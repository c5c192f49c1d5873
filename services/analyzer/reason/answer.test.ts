import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readAnswer } from './answer.ts';
import { answerSchema } from './answer-schema.ts';

const [line1, line2] = [
  { id: 'line-1', text: 'one' },
  { id: 'line-2', text: 'two' },
];
const runbook = { name: 'pool', title: 'Pool', section: 'Remedies' };
const given = {
  lines: new Map([
    ['L1', line1],
    ['L2', line2],
  ]),
  runbooks: new Map([['R1', runbook]]),
};
const good = {
  verdict: 'actionable',
  summary: 'The pool is exhausted.',
  cause: 'Connections leak.',
  evidence: ['L2'],
  actions: [{ text: 'Look at pg_stat_activity.', from: 'R1' }],
  severity: 'critical',
  confidence: 80,
};

function read(text: string) {
  return readAnswer(text, given);
}

function said(answer: unknown) {
  const result = read(JSON.stringify(answer));
  if (!result.ok) throw new Error(result.reason);
  return result.said;
}

describe('readAnswer', () => {
  it('reads an answer, its evidence as lines and its actions with their runbook', () => {
    expect(said(good)).toEqual({
      ...good,
      proven: true,
      evidence: [line2],
      actions: [{ text: 'Look at pg_stat_activity.', runbook }],
      confidence: 0.8,
    });
  });

  it('drops evidence that was not given; a cause without any is unproven, and not as sure as it says', () => {
    expect(said({ ...good, evidence: ['L2', 'L9', 'line-1', 'L2', 'L01', 7, null] }).evidence).toEqual([
      line2,
    ]);
    expect(said({ ...good, evidence: ['L9'] })).toMatchObject({
      evidence: [],
      cause: 'Connections leak.',
      proven: false,
      confidence: 0.5,
    });
    expect(said({ ...good, evidence: [], cause: '' })).toMatchObject({
      cause: '',
      proven: false,
      confidence: 0.8,
    });
  });

  it.each([' L1 ', 'l1', '[L1]', '(L1)', '\tL1\n'])('takes %j for the label that it is', (label) => {
    expect(said({ ...good, evidence: [label] }).evidence).toEqual([line1]);
  });

  it.each(['L01', 'L1.5', '-L1', 'L1L2', 'L10', 'L', '1', '__proto__', 'constructor', 'Ｌ1'])(
    'takes %j for no label',
    (label) => {
      expect(said({ ...good, evidence: [label] }).evidence).toEqual([]);
    },
  );

  it('takes an action whose runbook was not given for the own idea of the model', () => {
    const actions = [
      { text: 'a', from: 'R9' },
      'b',
      { text: 'c' },
      { from: 'R1' },
      7,
      { text: 'a', from: 'R1' },
    ];
    expect(said({ ...good, actions }).actions).toEqual([{ text: 'a' }, { text: 'b' }, { text: 'c' }]);
  });

  it('proves nothing where the model does not know, however sure it is', () => {
    expect(said({ ...good, verdict: 'unknown' })).toMatchObject({
      verdict: 'unknown',
      proven: false,
      confidence: 0.5,
    });
  });

  it.each([
    ['Critical ', 'Not Actionable'],
    ['CRITICAL', 'not_actionable'],
  ])('reads %j and %j as the words that they are', (severity, verdict) => {
    expect(said({ ...good, severity, verdict })).toMatchObject({
      severity: 'critical',
      verdict: 'not-actionable',
    });
  });

  it.each([
    ['80%', 0.8],
    ['80', 0.8],
    [0.8, 0.8],
    [-5, 0],
    ['sure', 0],
    ['', 0],
    [null, 0],
    [true, 0],
  ])('reads a confidence of %j', (confidence, expected) => {
    expect(said({ ...good, confidence }).confidence).toBe(expected);
  });

  it('puts back what was masked, and cuts after that', () => {
    const result = readAnswer(JSON.stringify({ ...good, cause: 'It was [EMAIL:aaaaaa].' }), given, (text) =>
      text.replaceAll('[EMAIL:aaaaaa]', 'li@example.com'),
    );
    expect(result).toMatchObject({ ok: true, said: { cause: 'It was li@example.com.' } });
  });

  it.each([
    `<think>{"summary":"no"}</think>\n${JSON.stringify(good)}`,
    `thinking without a beginning</think>${JSON.stringify(good)}`,
    ` \n\t${JSON.stringify(good)}  `,
    `Here it is:\n\`\`\`json\n${JSON.stringify(good)}\n\`\`\``,
    `\uFEFF${JSON.stringify(good)}`,
    `Sure! ${JSON.stringify(good)} I hope that helps.`,
    `<think>a {</think>\`\`\`\n${JSON.stringify(good)}\n\`\`\``,
  ])('leaves thinking and white space out', (text) => {
    expect(read(text)).toMatchObject({ ok: true, said: { summary: good.summary } });
  });

  it('cuts what is too long and cleans what cannot be seen', () => {
    const answer = said({
      ...good,
      summary: `a\u0000b\n${'x'.repeat(1000)}`,
      actions: Array.from({ length: 50 }, (_, index) => `${index} ${'y'.repeat(1000)}`),
      confidence: 1e9,
    });
    expect(answer.summary).toMatch(/^a b x+…$/);
    expect(answer.summary.length).toBe(200);
    expect(answer.actions).toHaveLength(4);
    expect(answer.actions[0]?.text.length).toBe(160);
    expect(answer.confidence).toBe(1);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '"summary"',
    JSON.stringify(good).slice(0, -1),
    '{"__proto__": {"summary": "x"}}',
    JSON.stringify({ ...good, summary: ' \n' }),
    JSON.stringify({ ...good, severity: 'fatal' }),
    JSON.stringify({ ...good, cause: 7 }),
    JSON.stringify({ ...good, verdict: undefined }),
    JSON.stringify({ ...good, verdict: 'maybe' }),
    `<think>${JSON.stringify(good)}`,
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    JSON.stringify({ ...good, cause: 'x'.repeat(300_000) }),
  ])('refuses what is no usable answer: %#', (text) => {
    expect(read(text)).toMatchObject({ ok: false, reason: expect.any(String) });
  });
});

describe('answerSchema', () => {
  it.each([false, true])('bounds every string, array and number (brief: %s)', (brief) => {
    const unbounded: string[] = [];
    const visit = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const has = (name: string) => Object.hasOwn(schema, name);
      const type = 'type' in schema ? schema.type : undefined;
      if (type === 'string' && !has('maxLength') && !has('enum')) unbounded.push(path);
      if (type === 'array' && !has('maxItems')) unbounded.push(path);
      if (type === 'integer' && !(has('minimum') && has('maximum'))) unbounded.push(path);
      if (type === 'number') unbounded.push(path);
      for (const [name, value] of Object.entries(schema)) visit(value, `${path}.${name}`);
    };
    const schema = answerSchema({ lines: ['L1', 'L2'], runbooks: ['R1'] }, brief);
    visit(schema, '');
    expect(unbounded).toEqual([]);
    expect(z.fromJSONSchema(schema).safeParse(good).success).toBe(true);
    expect(z.fromJSONSchema(schema).safeParse({ ...good, evidence: ['L3'] }).success).toBe(false);
  });

  it('allows no evidence where there is no line', () => {
    const schema = z.fromJSONSchema(answerSchema({ lines: [], runbooks: [] }, false));
    expect(schema.safeParse({ ...good, evidence: [], actions: [] }).success).toBe(true);
    expect(schema.safeParse({ ...good, evidence: ['L1'], actions: [] }).success).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answerSchema, readAnswer } from './answer.ts';

const labels = new Map([
  ['L1', 'line-1'],
  ['L2', 'line-2'],
]);
const good = {
  summary: 'The pool is exhausted.',
  cause: 'Connections leak.',
  evidence: ['L2'],
  actions: ['Look at pg_stat_activity.'],
  severity: 'critical',
  confidence: 80,
};

function read(text: string) {
  return readAnswer(text, labels, 'en');
}

function said(answer: unknown) {
  const result = read(JSON.stringify(answer));
  if (!result.ok) throw new Error(result.reason);
  return result.said;
}

describe('readAnswer', () => {
  it('reads an answer, its evidence as ids of lines', () => {
    expect(said(good)).toEqual({ ...good, evidence: ['line-2'], confidence: 0.8 });
  });

  it('drops evidence that was not given, and calls the cause unproven where none is left', () => {
    expect(said({ ...good, evidence: ['L2', 'L9', 'line-1', 'L2'] }).evidence).toEqual(['line-2']);
    const unproven = said({ ...good, evidence: ['L9'] });
    expect(unproven.evidence).toEqual([]);
    expect(unproven.cause).toBe('Connections leak. (unproven: no log line was given as evidence)');
    expect(said({ ...good, evidence: [], cause: '' }).cause).toBe('');
  });

  it.each([
    `<think>{"summary":"no"}</think>\n${JSON.stringify(good)}`,
    `thinking without a beginning</think>${JSON.stringify(good)}`,
    ` \n\t${JSON.stringify(good)}  `,
  ])('leaves thinking and white space out', (text) => {
    expect(read(text)).toMatchObject({ ok: true, said: { summary: good.summary } });
  });

  it('cuts what is too long and cleans what cannot be seen', () => {
    const answer = said({
      ...good,
      summary: `a\u0000b\n${'x'.repeat(1000)}`,
      actions: Array(50).fill('y'.repeat(1000)),
      confidence: 1e9,
    });
    expect(answer.summary).toMatch(/^a b x+$/);
    expect(answer.summary.length).toBe(200);
    expect(answer.actions).toHaveLength(4);
    expect(answer.actions[0]?.length).toBe(160);
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
  ])('refuses %j', (text) => {
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
    const schema = answerSchema(['L1', 'L2'], brief);
    visit(schema, '');
    expect(unbounded).toEqual([]);
    expect(z.fromJSONSchema(schema).safeParse(good).success).toBe(true);
    expect(z.fromJSONSchema(schema).safeParse({ ...good, evidence: ['L3'] }).success).toBe(false);
  });

  it('allows no evidence where there is no line', () => {
    const schema = z.fromJSONSchema(answerSchema([], false));
    expect(schema.safeParse({ ...good, evidence: [] }).success).toBe(true);
    expect(schema.safeParse({ ...good, evidence: ['L1'] }).success).toBe(false);
  });
});

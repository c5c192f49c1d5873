import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadScenarios } from '#services/analyzer/eval/index.ts';
import type { Scenario } from '#services/analyzer/eval/scenario.ts';
import { answerTo } from '#services/analyzer/eval/scripted-model.ts';
import { type OllamaStandIn, type OllamaStandInOptions, startOllama } from '#test/stand-ins/ollama/index.ts';
import { runCli } from './testing/spawn-cli.ts';

let cwd: string;
let scenarios: string;
let ollama: OllamaStandIn | undefined;
function scenarioText(name: string, tags: string): string {
  return `name: ${name}
tags: [${tags}]
why: It is one of three.
logs:
  - host: host-${name}
    service: shop
    lines: '2026-03-05T03:14:11Z ERROR write of ${name} failed, No space left on device'
about: { rule: storage.no-space }
expect:
  verdict: actionable
  severity: critical
  cause: [磁盘]
  evidence: [write of ${name}]
answers:
  right:
    - { verdict: actionable, summary: '${name} 磁盘写满', cause: 磁盘没有空间, evidence: [write of ${name}], actions: [扩容], severity: critical, confidence: 90 }
  wrong:
    - { because: it says the network, fails: cause, says: { summary: 写入失败, cause: 网络中断 } }
    - { because: it shows nothing, fails: evidence, says: { evidence: [] } }
`;
}

/** A server whose models give the right answers, but the wrong ones that are named: `<model> <scenario>` → number of the wrong answer. */
async function server(wrong: Readonly<Record<string, number>> = {}, options: OllamaStandInOptions = {}) {
  const known = await loadScenarios(scenarios);
  ollama = await startOllama({
    models: ['good', 'worse'],
    reply: ({ model, messages }) => {
      const prompt = messages.at(-1)?.content ?? '';
      const scenario = known.find(({ name }) => prompt.includes(`host-${name}`));
      if (scenario === undefined) return { kind: 'runner-death' };
      return { kind: 'answer', answer: said(scenario, prompt, wrong[`${model} ${scenario.name}`]) };
    },
    ...options,
  });
  return { LOGPATROL_OLLAMA_URL: ollama.url, LOGPATROL_OLLAMA_MODEL: 'good' };
}

function said({ answers }: Scenario, prompt: string, wrong: number | undefined): object {
  const [right] = answers.right;
  if (right === undefined) throw new Error('no right answer');
  const otherwise = wrong === undefined ? {} : answers.wrong[wrong]?.says;
  return answerTo(prompt, Object.assign({}, right, otherwise)).said;
}

const evaluate = (args: readonly string[], env: Readonly<Record<string, string>>) =>
  runCli(['eval', '--scenarios', 'scenarios', ...args], { cwd, env });

/** One pack and no runbooks: all of them take a second to read, and each run here is a process of its own. */
const config = {
  rules: { shipped: false, paths: [join(import.meta.dirname, '..', 'rules', 'storage.yaml')] },
  runbooks: { shipped: false },
};
const unasked = { LOGPATROL_OLLAMA_URL: 'http://127.0.0.1:9', LOGPATROL_OLLAMA_MODEL: 'm' };

describe('logpatrol eval', () => {
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'logpatrol-eval-'));
    scenarios = join(cwd, 'scenarios');
    mkdirSync(scenarios);
    writeFileSync(join(cwd, 'logpatrol.yaml'), JSON.stringify(config));
    for (const [name, tags] of [
      ['alpha', 'disk, one'],
      ['beta', 'disk'],
      ['gamma', 'other'],
    ] as const)
      writeFileSync(join(scenarios, `${name}.yaml`), scenarioText(name, tags));
  });
  afterEach(async () => {
    await ollama?.close();
    ollama = undefined;
    rmSync(cwd, { recursive: true });
  });

  it('passes a model that is right, keeps its report, and shows another beside it', async () => {
    const env = await server({ 'worse beta': 1 });
    const { code, out, err } = await evaluate(['--save', 'good.json'], env);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^good: 3 of 3 passed \(100%\); median \d+\.\d s, p95 \d+\.\d s; [1-9]\d* tokens in, [1-9]\d* out/,
    );
    expect(out).toMatch(/^disk +2 of 2 +100%$/m);
    expect(out).not.toContain('FAILED');
    expect(ollama?.requests).toHaveLength(3);
    expect(JSON.parse(readFileSync(join(cwd, 'good.json'), 'utf8'))).toMatchObject({ model: 'good' });

    const args = ['--model', 'worse', '--against', 'good.json', '--format', 'json'];
    const other = await evaluate(args, env);
    expect(other.code).toBe(1);
    expect(JSON.parse(other.out)).toMatchObject({
      report: { model: 'worse', all: { runs: 3, passed: 2 } },
      other: { model: 'good', all: { runs: 3, passed: 3 } },
      differences: [{ scenario: 'beta', one: { runs: 1, passed: 0 }, other: { runs: 1, passed: 1 } }],
    });
    expect(ollama?.requests).toHaveLength(6);
  });

  it('asks only what a tag names, as often as it is told', async () => {
    const { code, out } = await evaluate(
      ['--tag', 'one', '--repeat', '3', '--format', 'json'],
      await server(),
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      model: 'good',
      digest: expect.stringMatching(/^[0-9a-f]{12,}/),
      scenarios: 1,
      all: { runs: 3, passed: 3 },
      tags: [
        { tag: 'disk', runs: 3, passed: 3 },
        { tag: 'one', runs: 3, passed: 3 },
      ],
      results: [
        { scenario: 'alpha', run: 1, passed: true, said: { verdict: 'actionable', severity: 'critical' } },
        { run: 2 },
        { run: 3 },
      ],
    });
  });

  it('compares two models of a server, and says what the first failed and what it said', async () => {
    const { code, out } = await evaluate(
      ['--compare', 'worse'],
      await server({ 'good beta': 0, 'worse alpha': 1, 'worse beta': 0, 'worse gamma': 0 }),
    );
    expect(code).toBe(1);
    expect(out).toMatch(/^good: 2 of 3 passed \(67%\).*\nworse: 0 of 3 /);
    expect(out).toMatch(/^disk +1 of 2 {2}50% +0 of 2 {2}0% +\+50$/m);
    expect(out).toMatch(/^all +2 of 3 {2}67% +0 of 3 {2}0% +\+67$/m);
    expect(out).toMatch(/^alpha +1 of 1 +0 of 1$/m);
    expect(out).toMatch(/^gamma +1 of 1 +0 of 1$/m);
    expect(out).not.toMatch(/^beta /m);
    expect(out).toContain(
      'FAILED beta\n  cause: nothing of "磁盘" in: 网络中断\n  said: actionable, critical, 90%: 写入失败\n        网络中断\n',
    );
  });

  it('counts an answer that is no answer as a failure, and goes on', async () => {
    const env = await server();
    ollama?.script(
      { kind: 'runner-death' },
      { kind: 'runner-death' },
      { kind: 'runner-death' },
      { kind: 'runner-death' },
    );
    const { code, out } = await evaluate(['--concurrency', '1'], env);
    expect(code).toBe(1);
    expect(out).toMatch(/^FAILED alpha\n {2}answer: failed: /m);
    expect(out).toMatch(/^good: [12] of 3/);
  });

  it('checks the judge without a model', async () => {
    expect(await evaluate(['--check'], {})).toEqual({
      code: 0,
      out: '3 scenarios, 9 answers: all judged as they should be\n',
      err: '',
    });
    writeFileSync(join(scenarios, 'beta.yaml'), scenarioText('beta', 'disk').replace('网络中断', '磁盘写满'));
    const { code, out } = await evaluate(['--check'], {});
    expect(code).toBe(1);
    expect(out).toBe(
      'beta: wrong 1 passes; it has to fail cause\n1 of 9 answers are not judged as they should be\n',
    );
  });

  it('says which model the server has not', async () => {
    const { code, err } = await evaluate(['--model', 'nosuch'], await server());
    expect(code).toBe(1);
    expect(err).toMatch(/^logpatrol: the model nosuch cannot be asked: [^\n]*not found[^\n]*\n$/);
  });
});

describe('what logpatrol eval cannot do', () => {
  it.concurrent.each([
    ['no model', [], {}, 78, /^logpatrol: no model is configured/],
    ['a tag that there is not', ['--tag', 'nosuch'], {}, 2, /there are [a-z0-9, -]+\n$/],
    ['no folder', ['--scenarios', 'nosuch'], {}, 2, /cannot read scenarios at nosuch/],
    ['--check with a model', ['--check', '--model', 'm'], {}, 2, /cannot be used with option/],
    ['a count that is none', ['--repeat', '0'], {}, 2, /whole number from 1 to 100/],
    [
      'a report that is not there',
      ['--against', 'nosuch.json'],
      unasked,
      2,
      /cannot read the report nosuch\.json/,
    ],
  ] as const)('says of %s what is wrong', async (_, args, env, code, message) => {
    const run = await runCli(['eval', ...args], { cwd: tmpdir(), env });
    expect({ code: run.code, out: run.out }).toEqual({ code, out: '' });
    expect(run.err).toMatch(message);
  });
});

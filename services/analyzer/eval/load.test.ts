import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadScenarios, shippedScenarios } from './load.ts';
import { scenarioJsonSchema } from './scenario.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logpatrol-eval-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const sound = `name: sound
tags: [one]
why: It is sound.
logs:
  - lines: 'ERROR something failed'
about: { rule: generic.error }
expect:
  verdict: unknown
  severity: warning
answers:
  right:
    - { verdict: unknown, summary: 原因不明, cause: '', evidence: [], actions: [], severity: warning, confidence: 0 }
  wrong:
    - { because: sure, fails: verdict, says: { verdict: watch } }
    - { because: no answer, fails: answer, raw: 'no' }
`;

/** What is said of a folder with this one scenario, its path left out. */
async function mistakesOf(text: string, name = 'sound.yaml'): Promise<string[]> {
  writeFileSync(join(folder, name), text);
  try {
    await loadScenarios(folder);
    return [];
  } catch (error) {
    return String(error).replaceAll(`${folder}/`, '').split('\n').slice(1);
  }
}

describe('scenarios', () => {
  it('are read with their defaults', async () => {
    writeFileSync(join(folder, 'sound.yaml'), sound);
    const [scenario] = await loadScenarios(folder);
    expect(scenario).toMatchObject({
      name: 'sound',
      language: 'zh-CN',
      at: '2026-03-05T03:20:00Z',
      logs: [{ host: 'app-01', type: 'app' }],
      expect: { verdict: ['unknown'], severity: ['warning'], cause: [], 'severity-unmoved': false },
      answers: { wrong: [{ fails: ['verdict'] }, { raw: 'no', says: {} }] },
    });
  });

  it.each([
    [
      'a field that there is not',
      sound.replace('why:', 'whi: x\nwhy:'),
      /sound\.yaml:3: whi: there is no such field/,
    ],
    ['a missing field', sound.replace(/why:.*\n/, ''), /sound\.yaml:1: why: /],
    [
      'a verdict that there is not',
      sound.replace('verdict: unknown\n', 'verdict: fine\n'),
      /sound\.yaml:8: expect\.verdict: write one, or a list/,
    ],
    [
      'a check that there is not',
      sound.replace('fails: verdict', 'fails: everything'),
      /sound\.yaml:14: answers\.wrong\[0\]\.fails: /,
    ],
    [
      'a single wrong answer',
      sound.replace(/ {4}- \{ because: no answer.*\n/, ''),
      /sound\.yaml:13: answers\.wrong: /,
    ],
    [
      'two forms of lines',
      sound.replace("failed'", "failed'\n    ecs: [{}]"),
      /sound\.yaml:5: logs\[0\]: give exactly one/,
    ],
    ['nothing to look at', sound.replace(/logs:\n.*\n/, ''), /sound\.yaml:1: give logs, or a rate/],
    [
      'a rate of another rule',
      sound.replace(
        'about:',
        'rate: { silent: { minutes: 9, usual: 1, longest: 2 }, line: x, template: x, service: s }\nabout:',
      ),
      /sound\.yaml:7: about\.rule: the rate makes an incident of rates\.silent/,
    ],
    ['no YAML', 'name: [', /sound\.yaml:1: /],
  ])('name the place of %s', async (_, text, message) => {
    const mistakes = await mistakesOf(text);
    expect(mistakes).toEqual([expect.stringMatching(message)]);
  });

  it('are named as their files', async () => {
    expect(await mistakesOf(sound, 'other.yaml')).toEqual([
      '  other.yaml:1: name: the file is named other.yaml; use its name',
    ]);
  });

  it('have to be there', async () => {
    await expect(loadScenarios(folder)).rejects.toThrow('there is no scenario');
    await expect(loadScenarios(join(folder, 'nowhere'))).rejects.toThrow('--scenarios');
  });

  it('that are shipped name their schema, and it is current (vitest -u writes it)', async () => {
    await expect(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
      join(shippedScenarios, 'scenario.schema.json'),
    );
    for (const { name } of await loadScenarios(shippedScenarios))
      expect(readFileSync(join(shippedScenarios, `${name}.yaml`), 'utf8')).toMatch(
        /^# yaml-language-server: \$schema=\.\/scenario\.schema\.json\n/,
      );
  });
});

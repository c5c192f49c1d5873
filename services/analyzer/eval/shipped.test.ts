import { beforeAll, describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/schema.ts';
import { askAll, type CheckedAnswer, misjudged } from './check.ts';
import { loadScenarios, shippedScenarios } from './load.ts';
import { checkNames, type Scenario } from './scenario.ts';
import { openSetting } from './setting.ts';

let scenarios: Scenario[];
let answers: CheckedAnswer[];
beforeAll(async () => {
  scenarios = await loadScenarios(shippedScenarios);
  answers = await askAll(scenarios, await openSetting(ConfigSchema.parse({})));
});

describe('the shipped scenarios', () => {
  it('are forty or more, and cover what they have to', () => {
    expect(scenarios.length).toBeGreaterThanOrEqual(40);
    const tags = new Set(scenarios.flatMap((scenario) => scenario.tags));
    expect([...tags]).toEqual(
      expect.arrayContaining([
        'root-cause',
        'two-failures',
        'runbook',
        'similar',
        'harmless',
        'injection',
        'big',
        'chinese',
        'mixed',
        'english',
        'hardware',
        'unknown',
        'rates',
        'secrets',
      ]),
    );
  });

  it('have right answers that pass, and wrong ones that fail for their reason and no other', () => {
    expect(misjudged(answers)).toEqual([]);
  });

  it.each(checkNames)('need the check %s: without it a wrong answer passes', (check) => {
    const wrong = misjudged(answers, check);
    expect(wrong.filter((line) => line.includes(`passes; it has to fail ${check}`))).not.toEqual([]);
    // Nothing that is right fails for it.
    expect(wrong.filter((line) => line.includes(': right '))).toEqual([]);
  });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failedExamples, loadRules, shippedRules } from './index.ts';
import { rulePackJsonSchema } from './rule-pack.ts';

const set = await loadRules({ paths: [], shipped: true, language: 'en' });

describe('shipped rule packs', () => {
  it.each(set.rules.map((rule) => [rule.id, rule] as const))('%s gets its examples right', (_, rule) => {
    expect(failedExamples(rule)).toEqual([]);
  });

  it('leave the gate on', () => {
    expect(set.warnings).toEqual([]);
  });

  it('have the Chinese keywords at their severities', () => {
    const severityOf = (text: string) => set.rules.find((rule) => rule.match(text) !== undefined)?.severity;
    for (const word of ['宕机', '崩溃', '无法连接']) expect(severityOf(`数据库${word}了`)).toBe('critical');
    for (const word of ['警告', '性能下降', '资源不足']) expect(severityOf(`数据库${word}`)).toBe('warning');
  });

  it('speak the language of the configuration', async () => {
    const zh = await loadRules({ paths: [], shipped: true, language: 'zh-CN' });
    expect(zh.rules.find((rule) => rule.id === 'kernel.panic')?.title).toBe('内核崩溃');
    expect(set.rules.find((rule) => rule.id === 'kernel.panic')?.title).toBe('Kernel panic');
  });

  it('name the schema from which editors complete them, and it is current (vitest -u writes it)', async () => {
    await expect(`${JSON.stringify(rulePackJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
      join(shippedRules, 'rule-pack.schema.json'),
    );
    for (const pack of set.packs)
      expect(await readFile(join(shippedRules, `${pack}.yaml`), 'utf8')).toMatch(
        /^# yaml-language-server: \$schema=\.\/rule-pack\.schema\.json\n/,
      );
  });
});

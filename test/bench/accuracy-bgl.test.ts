import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRules } from '#services/analyzer/detect/index.ts';
import { measureBgl, splitLabels } from './accuracy-bgl.ts';

const head = '1117838570 2005.06.03 R10-M0 2005-06-03-15.42.50.675872 R10-M0 RAS KERNEL';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-accuracy-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('splitLabels', () => {
  it('takes the label off each line', () => {
    expect(splitLabels('- 1 a\r\nKERNX 2 b\r\n')).toEqual({
      labels: [{ label: undefined }, { label: 'KERNX' }],
      text: '1 a\n2 b\n',
    });
  });
});

describe('measureBgl', () => {
  it('judges lines by their texts and never by their labels', async () => {
    const file = join(folder, 'BGL.log');
    const lines = [
      `KERNDTLB ${head} FATAL data TLB error interrupt`,
      `FATAL ${head} INFO generating core.7`,
      `- ${head} INFO generating core.8`,
      `- ${head} FATAL data storage interrupt`,
    ];
    await writeFile(file, `${lines.join('\n')}\n`);
    const rules = await loadRules({ paths: [], shipped: true, language: 'en' });
    const { lines: count, alerts, ownPacks, allPacks } = await measureBgl(file, rules);
    expect({ count, alerts }).toEqual({ count: 4, alerts: 2 });
    for (const score of [ownPacks, allPacks]) {
      expect(score.labels).toEqual([
        { label: 'KERNDTLB', lines: 1, missed: 0 },
        { label: 'FATAL', lines: 1, missed: 1 },
      ]);
      expect(score.falseAlarms).toEqual([{ rule: 'hpc.bgl-interrupt', lines: 1, first: 4 }]);
    }
  });
});

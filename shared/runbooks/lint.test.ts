import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mistakeText } from '#shared/config/mistake.ts';
import { lintRunbooks, type NamedRule } from './lint.ts';

const chinese = '## 症状\nx\n## 检查\nx\n## 处置\nx\n## 升级\nx\n## 回滚\nx\n';
const english =
  '## Symptoms\nx\n## Diagnosis\nx\n## Remedies\nx\n## Escalation\nx\n## Rolling back\nx\n## Rollback\nx\n';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'logpatrol-lint-'));
});
beforeEach(() => {
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, body: string, fields = ''): void {
  writeFileSync(join(folder, name), `---\ntitle: t\n${fields}---\n${body}`);
}

async function lint(rules: readonly NamedRule[] = [], isAll = true): Promise<string[]> {
  const { mistakes } = await lintRunbooks({ selection: { paths: [folder], shipped: false }, rules, isAll });
  return mistakes.map((mistake) => mistakeText(mistake).replaceAll(folder, 'F'));
}

describe('runbooks are checked for', () => {
  it('the parts that one needs at night, in Chinese or English', async () => {
    write('a.md', chinese);
    write('b.md', english);
    write(
      'c.md',
      chinese.replace('## 回滚\nx\n', '').replace('## 检查', '## 检查与确认').replace('## 升级', '> ## 升级'),
    );
    expect(await lint()).toEqual([
      'F/c.md:1: there is no part 升级 (escalation)',
      'F/c.md:1: there is no part 回滚 (rollback)',
    ]);
  });

  it('links to files and headings that are not there, and addresses that are none', async () => {
    write(
      'a.md',
      `${chinese}\n[b](b.md#症状) [self](#检查) ![p](pic.png)\n[gone](gone.md)\n[no](b.md#nowhere) [here](#nowhere)\n[abs](/etc/x)\n[ok](https://example.com/x?y#z) [mail](mailto:a@b.c)\n[bad](https://exa[mple)\n\`[code](none.md)\`\n`,
    );
    write('b.md', chinese);
    writeFileSync(join(folder, 'pic.png'), '');
    expect(await lint()).toEqual([
      'F/a.md:16: link gone.md: there is no such file',
      'F/a.md:17: link b.md#nowhere: there is no such heading',
      'F/a.md:17: link #nowhere: there is no such heading',
      expect.stringMatching(/^F\/a\.md:18: link \/etc\/x: begins at the root/),
      expect.stringMatching(/^F\/a\.md:20: link https:.*: is no address/),
    ]);
  });

  it('rules that are not there, named in either place, and rules that nobody wrote for', async () => {
    write('disk-full.md', chinese, 'rules:\n  - storage.no-space\n  - storage.no-spcae\n');
    const rules = [
      { id: 'storage.no-space', runbook: 'disk-full', place: 'storage.yaml:3' },
      { id: 'storage.quota', runbook: 'disk-ful', place: 'storage.yaml:9' },
      { id: 'storage.nfs', runbook: undefined, place: 'storage.yaml:12' },
    ];
    const unknown =
      'F/disk-full.md:5:5: rules[1]: there is no rule storage.no-spcae; did you mean storage.no-space?';
    expect(await lint(rules)).toEqual([
      unknown,
      'storage.yaml:9: storage.quota: there is no runbook disk-ful; did you mean disk-full?',
      expect.stringMatching(/^storage\.yaml:12: storage\.nfs: no runbook is for it/),
    ]);
    expect(await lint(rules, false)).toEqual([unknown]);
  });

  it('everything at once', async () => {
    writeFileSync(join(folder, 'a.md'), 'x');
    writeFileSync(join(folder, 'b.md'), '---\ntitel: x\n---\nx');
    expect(await lint()).toHaveLength(3);
  });
});

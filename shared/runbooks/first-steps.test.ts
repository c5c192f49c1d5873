import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { shippedRunbooks } from './files.ts';
import { firstSteps } from './first-steps.ts';
import { reviewRunbooks } from './load.ts';
import { parseMarkdown } from './sections.ts';
import { book } from './testing/book.ts';

const steps = (sections: Record<string, string>) => firstSteps(book('b', 'B', sections));

describe('the first steps of a runbook', () => {
  it('are two checks and then remedies, as plain text with their commands below', () => {
    expect(
      steps({
        症状: '1. 不是步骤',
        检查: [
          '按顺序查。',
          '1. 看 **磁盘** 用了多少，见 [手册](a.md)：',
          '',
          '   ```bash',
          "   df -h | awk '{print $5}'",
          '   ```',
          '',
          '   先看 `/var`。',
          '2. 看 `inode`',
          '3. 第三项',
        ].join('\n'),
        处置: '1. 若日志满：删旧的\n\n```bash\nrm -i <文件>\n```\n\n2. 扩容\n   - 先问\n3. 三\n4. 四',
      }),
    ).toEqual([
      "看 磁盘 用了多少，见 手册：\ndf -h | awk '{print $5}'",
      '看 inode',
      '若日志满：删旧的\nrm -i <文件>',
      '扩容',
      '三',
    ]);
  });

  it('are those of the section that says so, or of the only part that there is', () => {
    const many = '1. a\n2. b\n3. c\n4. d\n5. e\n6. f';
    expect(steps({ 检查: '1. look', 'First steps': many })).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(steps({ Checks: many })).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(steps({ Remedies: '- restart it\n- call' })).toEqual(['restart it', 'call']);
    expect(steps({ 处置: '重试事务。\n\n再问 DBA。' })).toEqual(['重试事务。', '再问 DBA。']);
    expect(steps({ 处置: '```\nreboot\n```' })).toEqual([]);
    expect(steps({ 症状: '1. a', 升级: '1. b' })).toEqual([]);
  });

  it('are bounded: long sentences end at a clause, and commands at a line', () => {
    const [first, second] = steps({
      检查: `1. ${'很长的一句，'.repeat(100)}\n2. 看\n\n   \`\`\`\n${Array.from({ length: 9 }, (_, index) => `   cmd ${index}`).join('\n')}\n   \`\`\``,
    });
    expect(first).toMatch(/^(很长的一句，){33}…$/);
    expect(second).toBe('看\ncmd 0\ncmd 1\ncmd 2\ncmd 3\n…');
    const [one] = steps({ 检查: `1. 看\n\n   \`\`\`\n   ${'x'.repeat(400)}\n   \`\`\`` });
    expect(one).toBe('看\n…');
  });
});

describe('every shipped runbook', async () => {
  const files = (await readdir(shippedRunbooks)).filter(
    (name) => name.endsWith('.md') && !/^readme/i.test(name),
  );
  const { runbooks } = await reviewRunbooks({ paths: [], shipped: true });

  it('is looked at', () => {
    expect(runbooks.length).toBe(files.length);
    expect(runbooks.length).toBeGreaterThanOrEqual(114);
  });

  it.each(runbooks.map((runbook) => [runbook.name, runbook] as const))('%s has some', (_name, runbook) => {
    const found = firstSteps(runbook);
    expect(found.length).toBeGreaterThanOrEqual(3);
    expect(found.length).toBeLessThanOrEqual(5);
    for (const step of found) {
      const [text = '', ...commands] = step.split('\n');
      expect(text.length).toBeGreaterThan(3);
      expect(text.length).toBeLessThanOrEqual(201);
      expect(text).not.toMatch(/^\s*(\d+[.)]|[-*+#>])\s|\]\(|\*\*|`/);
      expect(commands.length).toBeLessThanOrEqual(5);
      const blocks = runbook.sections.flatMap((section) =>
        parseMarkdown(section.text).flatMap(({ type, content }) =>
          type === 'fence' ? content.split('\n') : [],
        ),
      );
      for (const command of commands)
        if (command !== '…') expect(blocks.map((line) => line.trimEnd())).toContain(command);
    }
  });
});

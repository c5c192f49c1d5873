import { describe, expect, it } from 'vitest';
import { splitSections } from './sections.ts';

const headings = (text: string): string[] => splitSections(text, 1).map(({ heading }) => heading);

describe('sections', () => {
  it('begin at headings of the second and third level, with their lines in the file', () => {
    const text =
      '# 标题\n\n引言\n\n## 检查\n\n### 网络\n\n看 `ss`\n\n#### 细节\n\n更多\n\n### 磁盘\n\ndf\n\n## 处置\n\n清理\n';
    expect(splitSections(text, 10)).toEqual([
      { heading: '', text: '引言', line: 11 },
      { heading: '检查 / 网络', text: '看 `ss`\n\n#### 细节\n\n更多', line: 16 },
      { heading: '检查 / 磁盘', text: 'df', line: 24 },
      { heading: '处置', text: '清理', line: 28 },
    ]);
  });

  it('do not begin in code, quotes, lists or front matter lookalikes', () => {
    const text =
      '## A\n\n```bash\n# df\n## no heading\n```\n\n> ## quoted\n\n- ## in a list\n\n    ## indented code\n\ntext ## inside\n';
    expect(headings(text)).toEqual(['A']);
  });

  it('are known by the words of their heading, however it is written', () => {
    expect(headings('检查 `df`\n---\n\nx\n\n## **处置** [一](x.md) ##\n\ny\n')).toEqual([
      '检查 df',
      '处置 一',
    ]);
  });

  it('are divided between blocks where they are long, each part with the place where it begins', () => {
    const paragraph = '内存不足。'.repeat(200);
    const parts = splitSections(`## A\n\n${paragraph}\n\n${paragraph}\n\n${paragraph}\n\n## B\n\nb\n`, 1);
    expect(parts.map(({ heading, line }) => [heading, line])).toEqual([
      ['A', 1],
      ['A', 7],
      ['B', 9],
    ]);
    expect(parts.map(({ text }) => text.replaceAll('\n', '').length)).toEqual([2000, 1000, 1]);
  });

  it('keep a block whole, however long', () => {
    const code = `\`\`\`\n${'df -h\n'.repeat(1000)}\`\`\``;
    const [before, block] = splitSections(`## A\n\ntext\n\n${code}\n`, 1);
    expect(before?.text).toBe('text');
    expect(block?.text).toBe(code);
  });
});

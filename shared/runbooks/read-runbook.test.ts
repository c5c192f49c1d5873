import { describe, expect, it } from 'vitest';
import { mistakeText } from '#shared/config/mistake.ts';
import { maxFileBytes, readRunbook } from './read-runbook.ts';

const front = '---\ntitle: 磁盘满\n---\n';

function read(text: string | Buffer, path = 'disk.md') {
  return readRunbook(Buffer.from(text), path);
}

function mistakesOf(text: string | Buffer, path?: string): string[] {
  return (read(text, path).mistakes ?? []).map(mistakeText);
}

describe('a runbook', () => {
  it('has what its front matter says, and a section for each heading with its line', () => {
    const text = [
      '---',
      'title: Oracle 死锁',
      'services: [oracle]',
      'rules: [database.deadlock]',
      'tags: [ORA-00060, 00060, 1236]',
      'severity: warning',
      'owner: dba',
      'updated: 2026-11-21',
      '---',
      '',
      '# Oracle 死锁',
      '',
      '引言。',
      '',
      '## 症状',
      '',
      '事务**回滚**。',
    ].join('\n');
    expect(read(text, '/books/oracle.md').runbook).toEqual({
      name: 'oracle',
      path: '/books/oracle.md',
      title: 'Oracle 死锁',
      services: ['oracle'],
      rules: ['database.deadlock'],
      tags: ['ORA-00060', '00060', '1236'],
      severity: 'warning',
      owner: 'dba',
      updated: '2026-11-21',
      sections: [
        { heading: '', text: '引言。', line: 12 },
        { heading: '症状', text: '事务**回滚**。', line: 15 },
      ],
    });
  });

  it('needs no more than a title, and takes fields without a value for absent ones', () => {
    const { runbook } = read('---\ntitle: x\nservices:\ntags:\n---\ntext\n');
    expect(runbook).toMatchObject({
      services: [],
      rules: [],
      tags: [],
      severity: undefined,
      updated: undefined,
    });
  });

  it('is read with a byte order mark, with the line ends of Windows, and with --- further down', () => {
    const { runbook } = read(`\uFEFF${`${front}## A\n\nfirst\n\n---\n\nsecond\n`.replaceAll('\n', '\r\n')}`);
    expect(runbook?.sections).toEqual([{ heading: 'A', text: 'first\n\n---\n\nsecond', line: 4 }]);
  });

  it.each<[string, string | Buffer, string[]]>([
    [
      'no front matter',
      '# 磁盘满\n',
      [expect.stringMatching(/^disk\.md:1: there is no front matter; begin with a line ---/)],
    ],
    ['an empty file', '', [expect.stringContaining('there is no front matter')]],
    [
      'front matter that does not end',
      '---\ntitle: x\n# y\n',
      ['disk.md:1: the front matter has no end; close it with a line ---'],
    ],
    ['no YAML', '---\ntitle: [x\n---\ny', [expect.stringMatching(/^disk\.md:\d+:\d+: /)]],
    ['a list', '---\n- title\n---\ny', [expect.stringContaining('disk.md:2:1: ')]],
    [
      'fields, all of them',
      '---\ntitel: x\nseverity: high\nupdated: 2026-02-30\nservices: mysql\ntags: [a, {b: c}]\n---\ny',
      [
        'disk.md:2:1: title: is missing',
        'disk.md:5:1: services: expected array, received string',
        'disk.md:6:11: tags[1]: expected string, received object',
        'disk.md:3:1: severity: use one of info, warning, critical',
        'disk.md:4:1: updated: use a day that exists, as 2026-11-21',
        'disk.md:2:1: titel: there is no such field; did you mean title?',
      ],
    ],
    [
      'nothing below it',
      `${front}\n# 磁盘满\n\n## 症状\n`,
      ['disk.md:1: there is nothing below the front matter'],
    ],
    [
      'another encoding',
      Buffer.from([...Buffer.from(front), 0xb4, 0xc5, 0xc5, 0xcc]),
      ['disk.md:1: no text in UTF-8'],
    ],
    ['binary', Buffer.from(`${front}\0\0`), ['disk.md:1: no text in UTF-8']],
    [
      'too large',
      front + 'x'.repeat(maxFileBytes),
      ['disk.md:1: larger than 256 KiB; divide it into several runbooks'],
    ],
    [
      'too many sections',
      front + Array.from({ length: 301 }, (_, index) => `## ${index}\n\nx\n`).join(''),
      ['disk.md:1: more than 300 sections; divide it into several runbooks'],
    ],
  ])('tells what is wrong: %s', (_name, text, expected) => {
    expect(mistakesOf(text)).toEqual(expected);
  });

  it('has a name that a rule can give', () => {
    expect(mistakesOf(`${front}x`, '.. .md')).toEqual([
      expect.stringContaining('the name of the file has to be'),
    ]);
    expect(read(`${front}x`, '/a/磁盘满.md').runbook?.name).toBe('磁盘满');
  });

  it('is refused or read quickly, whatever its text', () => {
    const hostile = ['[', '`'.repeat(9), '> '.repeat(99), '* a\n', '<a ', '![', '|-', '**a ', '\\'];
    for (const piece of hostile) {
      const started = performance.now();
      read(front + piece.repeat((maxFileBytes - 100) / piece.length));
      expect(performance.now() - started).toBeLessThan(5000);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { readMarkdown } from '#test/stand-ins/feishu/index.ts';
import { hostileText, randomFrom } from '../testing/hostile.ts';
import { codeBlock, escapeMarkdown } from './markdown.ts';

describe('escapeMarkdown', () => {
  it('shows marks as they are', () => {
    const text = 'a*b* [x](http://y) <at id=all></at> :OK: `c` & 1. d';
    expect(readMarkdown(escapeMarkdown(text)).text).toBe(text);
  });

  it('keeps lines apart', () => {
    expect(readMarkdown(escapeMarkdown('one\n    two\n\n# three')).text).toBe('one\ntwo\n\n# three');
  });

  it('puts a space between an address and Chinese text on either side', () => {
    expect(readMarkdown(escapeMarkdown('错误http://a.example/x失败')).text).toBe(
      '错误 http://a.example/x 失败',
    );
  });

  it('is one paragraph without tags but <br>, links and images, whatever the text', () => {
    const random = randomFrom(7);
    for (let round = 0; round < 1000; round++) {
      const text = hostileText(random);
      const reading = readMarkdown(`x${escapeMarkdown(text)}`);
      expect(reading.blocks, JSON.stringify(text)).toEqual(['paragraph_open']);
      expect(reading.tags.filter((tag) => tag.name !== 'br')).toEqual([]);
      expect([...reading.links, ...reading.images]).toEqual([]);
    }
  });
});

describe('codeBlock', () => {
  it('keeps lines and indentation', () => {
    expect(readMarkdown(codeBlock('Exception: x\n\tat y\n    at z')).code).toEqual([
      'Exception: x\n\tat y\n    at z\n',
    ]);
  });

  it('has a fence that is longer than any run of backticks within', () => {
    expect(codeBlock('a ```` b')).toBe('`````\na ```` b\n`````');
  });

  it('is one block with no tag, entity or link alive in it, whatever the text', () => {
    const random = randomFrom(8);
    for (let round = 0; round < 1000; round++) {
      const text = hostileText(random);
      const block = codeBlock(text);
      const reading = readMarkdown(block);
      expect(reading.blocks, JSON.stringify(text)).toEqual(['fence']);
      expect(reading.tags).toEqual([]);
      expect(block).not.toMatch(/\]\(|&#|&lt;/);
      expect(block).not.toMatch(/https?:\/\/[\x21-\x7e]*\P{ASCII}/u);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';

function linesOf(options: { human: boolean; level?: string; secrets?: string[] }) {
  const lines: string[] = [];
  const { human, level = 'info', secrets = [] } = options;
  const logger = createLogger({ human, level, secrets, write: (line) => lines.push(line) });
  return { logger, lines };
}

describe('for machines', () => {
  it('writes ECS, one JSON object a line', () => {
    const { logger, lines } = linesOf({ human: false });
    logger.warn({ err: new Error('broken'), partition: 3 }, 'text\nof two lines');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      'log.level': 'warn',
      'ecs.version': expect.any(String),
      '@timestamp': expect.stringMatching(/Z$/),
      message: 'text\nof two lines',
      error: { type: 'Error', message: 'broken', stack_trace: expect.stringContaining('logger.test.ts') },
      partition: 3,
    });
  });

  it('says nothing below its level', () => {
    const { logger, lines } = linesOf({ human: false, level: 'error' });
    logger.warn('x');
    expect(lines).toEqual([]);
  });
});

describe.each([{ human: true }, { human: false }])('secrets ($human)', (options) => {
  it('are taken out wherever they stand', () => {
    const secrets = ['p4ss"word', 'https://f.example/hook/token'];
    const { logger, lines } = linesOf({ ...options, secrets });
    logger.error(
      { err: new Error('POST https://f.example/hook/token failed'), nested: { deep: ['p4ss"word'] } },
      'p4ss"word',
    );
    logger.error(`http://u:${encodeURIComponent('p4ss"word')}@host`);
    const text = lines.join('');
    expect(text).not.toMatch(/p4ss|hook\/token/);
    expect(text.match(/\[redacted\]/g)?.length).toBeGreaterThanOrEqual(3);
  });

  it('are taken out of bot addresses that no configuration names', () => {
    const { logger, lines } = linesOf(options);
    logger.error('https://open.larksuite.com/open-apis/bot/v2/hook/0b9c-11aa_x failed');
    expect(lines.join('')).toContain('/open-apis/bot/v2/hook/[redacted] failed');
  });
});

describe('for a person', () => {
  it('is short, and names the service', () => {
    const { logger, lines } = linesOf({ human: true });
    logger.child({ service: { name: 'tail' } }).info({ files: 2 }, 'following');
    expect(lines[0]).toMatch(/\d\d:\d\d:\d\d.*tail: following {2}files=2\n$/);
  });

  it('shows what a terminal would obey', () => {
    const { logger, lines } = linesOf({ human: true });
    logger.info({ line: '\u009b2J\u202eevil' }, 'red \u001b[31m and \u0007 a\nline');
    expect(lines[0]).toContain('red \\x1b[31m and \\x07 a\\x0aline');
    expect(lines[0]).toContain('line=\\x9b2J\\u{202e}evil');
  });
});

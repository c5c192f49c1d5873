import { describe, expect, it } from 'vitest';
import { createMask } from '#shared/text/masking/index.ts';
import { sampleConclusion, sampleMessage } from '../testing/sample.ts';
import { renderText } from './text.ts';

const options = { language: 'en', timeZone: 'UTC', color: false, mask: createMask() } as const;

describe('renderText', () => {
  it('says the same as the card', () => {
    expect(
      renderText(
        sampleMessage({ conclusion: sampleConclusion({ actions: [{ text: 'restart it' }] }) }),
        options,
      ),
    ).toBe(`【Critical】order-api: 无法连接数据库  (New)
  First seen: 2026-11-21 01:00:00 GMT+00:00
  Last seen: 2026-11-21 01:02:03 GMT+00:00
  Count: 42
  For: 2 min 3 s
  Hosts: web-1, web-2 and more, 12 in all
  Rule: database/connection-refused
  Why this severity: rule says critical
  Fingerprint: a1b2c3d4e5f60718
  Conclusion: act now
    数据库主节点拒绝连接
  Cause
    连接数达到 max_connections 上限
  Lines that show it
    # web-1 2026-11-21 01:00:00 GMT+00:00 (cited)
    ERROR connect to 10.0.0.5:5432 failed: Connection refused
        at org.postgresql.Driver.<init>(Driver.java:51)
  model qwen3:8b, confidence 80%, took 1.2 s
  Log lines
    # web-1 2026-11-21 01:00:00 GMT+00:00 (before it)
    INFO checking out order 7
  What to do
    1. restart it [the model's own suggestion]
  0-a1b2c3d4e5f60718-m3k9x2p0 r1

`);
  });

  it('has no colour but its own, whatever stands in the log', () => {
    const message = sampleMessage({ title: '\u001b[2J\u001b[31mgone', service: 'a\u0007\rb' });
    const sequence = '\u001b';
    expect(renderText(message, options)).not.toContain(sequence);
    const colored = renderText(message, { ...options, color: true });
    expect(colored).toContain(`${sequence}[31m`);
    expect(colored).not.toContain(`${sequence}[2J`);
  });
});

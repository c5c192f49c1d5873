import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createMask } from '#shared/text/masking/index.ts';
import { sampleMessage } from '../../testing/sample.ts';
import { consoleChannel } from './channel.ts';

const context = {
  now: 0,
  signal: new AbortController().signal,
  language: 'en',
  idempotencyKey: 'k',
  plain: false,
} as const;
const outgoing = { kind: 'card', message: sampleMessage() } as const;

describe('the console', () => {
  it('has the card as text, without colour where it is no terminal', async () => {
    const stream = new PassThrough({ encoding: 'utf8' });
    expect(await consoleChannel(createMask(), stream).send(outgoing, context)).toEqual({
      kind: 'sent',
    });
    const text = String(stream.read());
    expect(text).toMatch(/^【Critical】order-api/);
    expect(text).not.toContain('\u001b');
  });

  it('fails as a value where the stream is gone', async () => {
    const stream = new PassThrough();
    stream.on('error', () => {});
    stream.destroy();
    expect(await consoleChannel(createMask(), stream).send(outgoing, context)).toMatchObject({
      kind: 'failed',
      cause: 'retryable',
    });
  });
});

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { Message } from '#shared/model/index.ts';
import { ownMessage } from '#shared/operator/own-message.ts';
import { openChannel } from './channels/index.ts';

function testMessage(name: string, language: Config['language'], now: number): Message {
  const id = `test-${randomUUID()}`;
  const text = {
    'zh-CN': { title: '测试消息，无需处理', line: `来自 ${hostname()} 的 logpatrol channels test ${name}` },
    en: {
      title: 'a test, nothing to do',
      line: `logpatrol channels test ${name} on ${hostname()}`,
    },
  }[language];
  return ownMessage({
    id,
    channel: name,
    rule: 'channels-test',
    severity: 'info',
    title: text.title,
    line: text.line,
    reason: 'opened',
    revision: 1,
    since: now,
    now,
  });
}

/**
 * Sends a card that is marked as a test to one channel, past the queue, and says in a line what the far side answered.
 *
 * @throws LogpatrolError `unreachable` where it was not accepted
 */
export async function testChannel(name: string, config: Config, logger: Logger): Promise<string> {
  const begun = Date.now();
  const channel = await openChannel(name, config);
  const message = testMessage(name, config.language, begun);
  const outcome = await channel.send(
    { kind: 'card', message },
    {
      now: begun,
      signal: new AbortController().signal,
      language: config.language,
      idempotencyKey: randomUUID(),
      plain: false,
    },
  );
  const ms = Date.now() - begun;
  logger.debug({ channel: name, outcome, response_time_ms: ms }, `channel ${name} tested`);
  if (outcome.kind === 'sent')
    return `channel ${name}: accepted in ${ms} ms${outcome.code === undefined ? '' : ` (code ${outcome.code})`}`;
  throw new LogpatrolError('unreachable', `channel ${name}: not accepted: ${outcome.error}`);
}

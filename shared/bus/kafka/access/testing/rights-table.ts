import { type Principal, principals } from '#shared/access/index.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { kafkaRules, type Operation, type Resource } from '../index.ts';

/** An installation with one log type besides `ipmi` and one channel, whose names stand for any. */
const config = ConfigSchema.parse({
  routes: { 'a-type': {}, ipmi: {} },
  channels: { 'a-channel': { type: 'console' } },
  operator: { channel: 'a-channel' },
  drill: { everyMinutes: 60 },
  ipmi: { servers: [{ name: 'node1', host: '10.0.0.1', user: 'u', passwordEnv: 'P' }] },
});

/** What each account may do, as docs/kafka-access.md shows it. */
export function rightsTable(): string {
  const rules = kafkaRules(config);
  const names = (principal: Principal, resource: Resource, operation: Operation): string => {
    const found = rules
      .filter(
        (rule) => rule.principal === principal && rule.resource === resource && rule.operation === operation,
      )
      .map(({ name, pattern }) =>
        `\`${name}${pattern === 'prefixed' ? '*' : ''}\``
          .replaceAll('a-type', '<type>')
          .replaceAll('a-channel', '<channel>'),
      );
    return found.length === 0 ? '–' : found.sort().join(' ');
  };
  const rows = principals.map((principal) => [
    `**${principal}**`,
    names(principal, 'topic', 'read'),
    names(principal, 'topic', 'write'),
    names(principal, 'group', 'read'),
    names(principal, 'group', 'describe'),
    names(principal, 'transactional-id', 'write'),
  ]);
  const head = ['account', 'reads', 'writes', 'joins groups', 'looks at groups', 'transactional ids'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

import { z } from 'zod';
import { AlertNamesView, alertNameMistakes } from './alert-names.ts';
import type { Path } from './mistake.ts';

/**
 * The parts of a configuration that must agree with one another, read leniently: what is not of the right shape is left out
 * here (the schema has told of it), so that these mistakes are listed along with those of shape and not only after them.
 */
const texts = z.array(z.unknown()).optional().catch(undefined);
const record = <T extends z.ZodType>(value: T) => z.record(z.string(), value).optional().catch(undefined);
export const CrossFieldView = AlertNamesView.extend({
  ollama: z.unknown().optional(),
  kafka: z.object({ tls: z.unknown(), caFile: z.unknown() }).partial().optional().catch(undefined),
  elasticsearch: z.object({ url: z.unknown(), caFile: z.unknown() }).partial().optional().catch(undefined),
  kibana: z
    .object({ url: z.unknown(), apiUrl: z.unknown(), caFile: z.unknown() })
    .partial()
    .optional()
    .catch(undefined),
  openai: z.unknown().optional(),
  routes: record(z.object({ channels: texts }).catch({})),
  domains: z
    .array(
      z
        .object({ name: z.unknown(), partition: z.unknown(), types: z.unknown(), services: z.unknown() })
        .partial()
        .catch({ types: [] }),
    )
    .optional()
    .catch(undefined),
  tail: z
    .object({
      files: z
        .array(z.object({ type: z.unknown() }).partial().catch({}))
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
  ipmi: z.object({ servers: texts, inventory: z.unknown() }).partial().optional().catch(undefined),
});
export type CrossFieldView = z.infer<typeof CrossFieldView>;

/**
 * What contradicts itself. `channels`, `routes` and `domains` that are absent have valid defaults and are not looked into,
 * except that `routes` names what `tail` and `ipmi` may use.
 */
export function crossFieldMistakes(
  view: CrossFieldView,
  defaults: { channels: readonly string[]; routes: readonly string[] },
): { path: Path; message: string }[] {
  const found: { path: Path; message: string }[] = [];
  if (view.ollama !== undefined && view.openai !== undefined)
    found.push({ path: ['openai'], message: 'there is ollama too; name one model, and leave the other out' });
  if (view.kafka?.caFile !== undefined && view.kafka.tls !== true)
    found.push({ path: ['kafka', 'caFile'], message: 'says nothing without tls: true' });
  if (view.elasticsearch?.caFile !== undefined && !String(view.elasticsearch.url).startsWith('https:'))
    found.push({ path: ['elasticsearch', 'caFile'], message: 'says nothing without an https address' });
  const kibanaUrl = view.kibana?.apiUrl ?? view.kibana?.url;
  if (view.kibana?.caFile !== undefined && !String(kibanaUrl).startsWith('https:'))
    found.push({ path: ['kibana', 'caFile'], message: 'says nothing without an https address' });
  const channels = view.channels === undefined ? defaults.channels : Object.keys(view.channels);
  const routes = view.routes === undefined ? defaults.routes : Object.keys(view.routes);
  for (const [type, route] of Object.entries(view.routes ?? {}))
    for (const [index, channel] of (route.channels ?? []).entries())
      if (typeof channel === 'string' && !channels.includes(channel))
        found.push({
          path: ['routes', type, 'channels', index],
          message: `there is no channel "${channel}" under channels`,
        });
  const partitions = new Map<unknown, unknown>();
  for (const [index, { name, partition }] of (view.domains ?? []).entries()) {
    if (partition === undefined) continue;
    if (partitions.has(partition))
      found.push({
        path: ['domains', index, 'partition'],
        message: `already the partition of domain "${partitions.get(partition)}"`,
      });
    else partitions.set(partition, name);
  }
  if (view.domains?.every((domain) => domain.types !== undefined || domain.services !== undefined))
    found.push({
      path: ['domains'],
      message: 'add a last domain without types and services, which takes everything else',
    });
  for (const [index, { type = 'app' }] of (view.tail?.files ?? []).entries())
    if (typeof type === 'string' && !routes.includes(type))
      found.push({
        path: ['tail', 'files', index, 'type'],
        message: `there is no route "${type}" under routes`,
      });
  const hasBmcs = (view.ipmi?.servers ?? []).length > 0 || view.ipmi?.inventory !== undefined;
  if (hasBmcs && !routes.includes('ipmi'))
    found.push({ path: ['ipmi'], message: 'events of BMCs need a route "ipmi" under routes' });
  return [...found, ...alertNameMistakes(view, channels)];
}

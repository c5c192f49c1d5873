import { z } from 'zod';
import { Connection, Forbidden } from '../connection.ts';
import type { Access } from './access.ts';
import type { AccessAudit, AccessDifference } from './difference.ts';

const License = z.object({ license: z.object({ type: z.string() }) });
const Nodes = z.object({
  nodes: z
    .record(
      z.string(),
      z.object({ name: z.string(), settings: z.record(z.string(), z.unknown()).default({}) }),
    )
    .default({}),
});
const Nobody = z.object({ username: z.string(), roles: z.array(z.string()) });

/** Licences with which Elasticsearch keeps an audit log of its own (`xpack.security.audit.enabled`). */
const withAuditLog: ReadonlySet<string> = new Set(['gold', 'platinum', 'enterprise', 'trial']);

/** How the cluster itself is kept: TLS, anonymous access, its own audit log. All of it is in the settings of its nodes. */
export async function auditCluster(access: Access): Promise<AccessAudit> {
  const { connection, elasticsearch } = access;
  const differences: AccessDifference[] = [];
  if (!elasticsearch.url.startsWith('https:'))
    differences.push(
      difference(
        'TLS of HTTP',
        `off (${connection.url})`,
        'an https address: xpack.security.http.ssl.enabled: true',
      ),
    );
  const anonymous = await anonymousRoles(access);
  if (anonymous !== undefined)
    differences.push(
      difference(
        'anonymous access',
        `on, as ${anonymous.username} with ${anonymous.roles.join(', ') || 'no role'}`,
        'off: no xpack.security.authc.anonymous in the settings of the nodes',
      ),
    );
  const nodes = Object.values(
    Nodes.parse(
      await connection.call({
        method: 'GET',
        path: '/_nodes/settings',
        query: { flat_settings: true, filter_path: 'nodes.*.name,nodes.*.settings.xpack.security*' },
      }),
    ).nodes,
  );
  const isOn = (setting: string) => (node: (typeof nodes)[number]) =>
    String(node.settings[setting]) === 'true';
  const without = (setting: string): string =>
    nodes
      .filter((node) => !isOn(setting)(node))
      .map(({ name }) => name)
      .join(', ');
  if (nodes.length > 1 && without('xpack.security.transport.ssl.enabled') !== '')
    differences.push(
      difference(
        'TLS between nodes',
        `off at ${without('xpack.security.transport.ssl.enabled')}`,
        'xpack.security.transport.ssl.enabled: true',
      ),
    );
  const { type } = License.parse(await connection.call({ method: 'GET', path: '/_license' })).license;
  const silent = without('xpack.security.audit.enabled');
  if (!withAuditLog.has(type))
    return {
      differences,
      remarks: [
        `Elasticsearch's own audit log: the licence (${type}) has none. What people do by logpatrol is in audit-${access.namespace}.`,
      ],
    };
  if (silent !== '')
    differences.push(
      difference(
        "Elasticsearch's own audit log",
        `off at ${silent}`,
        `xpack.security.audit.enabled: true, which the licence (${type}) has`,
      ),
    );
  return { differences, remarks: [] };
}

function difference(what: string, is: string, shouldBe: string): AccessDifference {
  return { what, is, shouldBe, canMend: false };
}

/** Who somebody without a name is, where such are let in. */
async function anonymousRoles({ elasticsearch }: Access): Promise<z.infer<typeof Nobody> | undefined> {
  const { apiKey: _key, username: _name, password: _password, ...settings } = elasticsearch;
  const url = new URL(elasticsearch.url);
  url.username = '';
  url.password = '';
  const connection = new Connection({ ...settings, url: url.href });
  try {
    return Nobody.parse(await connection.call({ method: 'GET', path: '/_security/_authenticate' }));
  } catch (error) {
    if (error instanceof Forbidden) return undefined;
    throw error;
  } finally {
    await connection.close();
  }
}

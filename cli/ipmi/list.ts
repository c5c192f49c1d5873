import type { Command } from 'commander';
import { openServers } from '#services/ipmi/servers/index.ts';
import type { ServerStatus } from '#shared/model/index.ts';
import { printable } from '#shared/text/printable.ts';
import { print } from '../print.ts';
import { configOf, toolLogger } from '../setting.ts';
import { table } from '../table.ts';
import { span, withUnit } from './figures.ts';
import { openStored } from './stored.ts';
import { type IpmiWording, ipmiWording } from './wording.ts';

export interface ListFlags {
  readonly format: 'table' | 'json';
}

/** A server of the list, as `--format json` prints it. */
interface ListedServer {
  readonly name: string;
  readonly bmc: string;
  readonly port: number;
  readonly host: string;
  readonly group?: string;
  readonly user?: string;
  readonly tool: string;
  readonly intervalSeconds: number;
  readonly enabled: boolean;
  /** Of its last poll in the last two days. */
  readonly status?: ServerStatus;
}

/** Servers that a list may have. */
const mostServers = 10_000;

/** `logpatrol ipmi list`. */
export async function list(flags: ListFlags, command: Command): Promise<void> {
  const config = await configOf(command);
  const logger = toolLogger(config);
  const servers = await openServers({ config, logger, env: process.env });
  try {
    const stored = await openStored(config, logger);
    const statuses = new Map(
      (await stored.statuses(mostServers).finally(() => stored.close())).map((status) => [
        status.server,
        status,
      ]),
    );
    const polled = servers.current().map((bmc) => ({ ...bmc, enabled: true }));
    const disabled = config.ipmi.servers
      .filter(({ enabled }) => !enabled)
      .map((server) => ({ ...config.ipmi, ...server, hostName: server.hostName ?? server.name }));
    const listed = [...polled, ...disabled].map((server): ListedServer => {
      const status = statuses.get(server.name);
      return {
        name: server.name,
        bmc: server.host,
        port: server.port ?? config.ipmi.port,
        host: server.hostName,
        ...(server.group !== undefined && { group: server.group }),
        ...(server.user !== undefined && { user: server.user }),
        tool: server.tool ?? config.ipmi.tool,
        intervalSeconds: server.intervalSeconds ?? config.ipmi.intervalSeconds,
        enabled: server.enabled,
        ...(status !== undefined && { status }),
      };
    });
    const problems = servers.problems();
    if (flags.format === 'json') await print(`${JSON.stringify({ servers: listed, problems }, null, 2)}\n`);
    else await print(serverTable(listed, ipmiWording(config.language), Date.now()));
    for (const { where, message } of problems)
      process.stderr.write(`logpatrol: ${printable(`${where}: ${message}`)}\n`);
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    await servers.close();
  }
}

function serverTable(servers: readonly ListedServer[], words: IpmiWording, now: number): string {
  if (servers.length === 0) return `${words.noServers}\n`;
  const { columns } = words;
  const head = [
    columns.state,
    columns.name,
    columns.bmc,
    columns.host,
    columns.group,
    columns.power,
    columns.temperature,
    columns.fan,
    columns.lastPoll,
  ];
  return table(
    head,
    servers.map(({ name, bmc, port, host, group = '', enabled, status }) => [
      stateOf(enabled, status, words),
      name,
      bmc.includes(':') ? `[${bmc}]:${port}` : `${bmc}:${port}`,
      host === name ? '' : host,
      group,
      status === undefined || status.outcome !== 'ok' ? '' : words.powers[status.power],
      status?.temperatureMean === undefined ? '' : withUnit(status.temperatureMean, 'Cel'),
      status?.fanMin === undefined ? '' : withUnit(status.fanMin, 'RPM'),
      status === undefined ? '' : words.ago(span(now - Date.parse(status.timestamp))),
    ]),
  );
}

function stateOf(enabled: boolean, status: ServerStatus | undefined, words: IpmiWording): string {
  if (!enabled) return words.off;
  if (status === undefined) return words.never;
  if (status.outcome !== 'ok') return `${words.outcomes[status.outcome]} ×${status.failures}`;
  return status.health;
}

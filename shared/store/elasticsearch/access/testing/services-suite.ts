import { beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '#shared/access/index.ts';
import type { AuditEntry } from '#shared/model/index.ts';
import { sampleDelivery, sampleFinding } from '#test/samples/finding.ts';
import { sampleReading, sampleStatus } from '#test/samples/metric.ts';
import { forever, line } from '../../../contract/line.ts';
import type { Store } from '../../../port.ts';
import { Connection } from '../../connection.ts';
import { Examination } from '../../examination.ts';
import { openElasticsearchUpkeep } from '../../upkeep/index.ts';
import { keyHolders } from '../role-file.ts';
import type { SecuredSetting } from './secured-setting.ts';

const again = { ...forever, verify: true };
const now = Date.now();
const day = 86_400_000;
/** The time series takes no such name, and so it is kept beside it. */
const tooLong = sampleReading(now, { sensor: 'x'.repeat(40_000) });
const incidentId = '0-told';
const entry: AuditEntry = {
  id: 'audited',
  at: new Date(now).toISOString(),
  by: { id: 'wang', name: '王芳' },
  via: 'card',
  action: 'acknowledge',
  outcome: 'done',
  incidentId,
};
const kinds = (outcomes: readonly { kind: string }[]) => outcomes.map(({ kind }) => kind);

/** What each service really asks of the store, with its own key. */
export function servicesSuite(settingOf: () => SecuredSetting): void {
  const storeOf = (principal: Principal): Promise<Store> =>
    settingOf().storeWith(settingOf().apiKeys.get(principal));

  beforeAll(async () => {
    const indexer = await storeOf('indexer');
    const lines = [line('a line to be found', { id: 'told', service: 'told', at: now, freshField: 'x' })];
    expect(kinds(await indexer.saveLogs(lines, forever))).toEqual(['stored']);
    const finding = sampleFinding({ id: incidentId, service: 'told', lastSeen: entry.at });
    await indexer.saveFindings([finding], forever);
    await indexer.saveDeliveries([sampleDelivery({ incidentId })], forever);
    await indexer.saveAudit([entry], forever);
    const metrics = [sampleReading(now), tooLong, sampleStatus(now)];
    expect(kinds(await indexer.saveMetrics(metrics, forever))).toEqual(['stored', 'stored', 'stored']);
    await withElastic(settingOf(), async (elastic) => {
      const { namespace } = settingOf();
      await elastic.call({ method: 'POST', path: `/logs-app-${namespace}/_rollover`, query: { lazy: true } });
      for (const stream of ['deliveries', 'audit', 'metrics-logpatrol.status', 'metrics-logpatrol.late'])
        await elastic.call({ method: 'POST', path: `/${stream}-${namespace}/_rollover` });
    });
    // The write that makes a lazy rollover happen is the indexer's too.
    await indexer.saveLogs([line('after the rollover', { service: 'told', at: now })], forever);
    await withElastic(settingOf(), async (elastic) => {
      await elastic.call({ method: 'POST', path: '/*/_refresh', query: { expand_wildcards: 'all' } });
    });
  });

  it('the indexer stores everything once, over rollovers too', async () => {
    const indexer = await storeOf('indexer');
    expect(await indexer.health()).toMatchObject({ ok: true, version: expect.any(String) });
    expect(kinds(await indexer.saveLogs([line('a line', { id: 'told', at: now })], again))).toEqual([
      'duplicate',
    ]);
    expect(kinds(await indexer.saveAudit([entry], again))).toEqual(['duplicate']);
    expect(kinds(await indexer.saveDeliveries([sampleDelivery({ incidentId })], again))).toEqual([
      'duplicate',
    ]);
    const metrics = [sampleReading(now), tooLong, sampleStatus(now)];
    expect(kinds(await indexer.saveMetrics(metrics, again))).toEqual(['duplicate', 'duplicate', 'duplicate']);
    const revised = sampleFinding({ id: incidentId, service: 'told', lastSeen: entry.at, revision: 2 });
    expect(kinds(await indexer.saveFindings([revised, { ...revised, revision: 1 }], forever))).toEqual([
      'stored',
      'duplicate',
    ]);
  });

  it('the analyzer finds the lines around an incident and similar findings', async () => {
    const analyzer = await storeOf('analyzer');
    expect(await analyzer.searchLogs({ service: 'told', limit: 5 })).toHaveLength(2);
    expect(await analyzer.searchFindings({ service: 'told', limit: 5 })).toHaveLength(1);
  });

  it('the gateway finds a finding, who was told and who did what', async () => {
    const gateway = await storeOf('gateway');
    expect(await gateway.finding(incidentId)).toMatchObject({ id: incidentId });
    expect(await gateway.searchFindings({ service: 'told', limit: 5 })).toHaveLength(1);
    expect(await gateway.deliveries({ incidentId, limit: 5 })).toHaveLength(1);
    expect(await gateway.audit({ incidentId, limit: 5 })).toEqual([entry]);
  });

  it('the operator reads lines, readings and findings, and asks how the store is', async () => {
    const operator = await storeOf('operator');
    expect(await operator.health()).toMatchObject({ ok: true });
    const told = { service: 'told', from: now - day, to: now + day };
    expect(await operator.countLogs(told)).toBe(2);
    expect(await operator.countLogsOverTime(told, 2)).toEqual([0, 2]);
    expect(await operator.services({ ...told, limit: 5 })).toEqual([{ service: 'told', count: 2 }]);
    const pages = await Array.fromAsync(operator.scanLogs(told));
    expect(pages.flat()).toHaveLength(2);
    expect(await operator.finding(incidentId)).toMatchObject({ id: incidentId });
    expect(await operator.searchFindings({ service: 'told', limit: 5 })).toHaveLength(1);
    expect(await operator.deliveries({ incidentId, limit: 5 })).toHaveLength(1);
    expect(await operator.serverStatuses({ limit: 5 })).not.toEqual([]);
    expect(await operator.latestReadings({ limit: 5 })).not.toEqual([]);
    const { server, sensor } = sampleReading(now);
    const slices = await operator.readingsOverTime({ server, sensor, from: now - day, to: now + day }, 2);
    expect(slices.map(({ count }) => count)).toEqual([0, 1]);
  });

  it('housekeeping merges, looks at disks and lifecycle, deletes old findings, and tries a snapshot', async () => {
    const { apiKeys, configWith, namespace } = settingOf();
    await withElastic(settingOf(), async (elastic) => {
      const path = `/_snapshot/logpatrol-snapshots-${namespace}/logpatrol-snapshot-${namespace}-tried`;
      const body = { indices: `logs-app-${namespace}`, include_global_state: false };
      await elastic.call({ method: 'PUT', path, query: { wait_for_completion: true }, body });
    });
    const long = new Date(now - 1000 * day).toISOString();
    const indexer = await storeOf('indexer');
    await indexer.saveFindings(
      [sampleFinding({ id: 'long-ago', state: 'resolved', lastSeen: long })],
      forever,
    );
    await withElastic(settingOf(), async (elastic) => {
      await elastic.call({ method: 'POST', path: `/findings-${namespace}/_refresh` });
    });
    const upkeep = await openElasticsearchUpkeep(configWith({ apiKey: apiKeys.get('housekeeping') }));
    const options = { now, dryRun: false, ...forever };
    try {
      expect(await upkeep.run('retention', options)).toMatchObject({
        outcome: 'done',
        lines: [expect.stringContaining('1 findings')],
      });
      expect(await upkeep.run('force-merge', options)).not.toMatchObject({ outcome: 'trouble' });
      expect((await upkeep.run('disk', options)).lines).toEqual([expect.stringMatching(/% full$/)]);
      expect(await upkeep.run('snapshot', { ...options, dryRun: true })).toMatchObject({ outcome: 'done' });
      expect(await upkeep.run('restore-probe', options)).toMatchObject({
        outcome: 'done',
        lines: [expect.stringContaining('documents restored')],
      });
      expect((await upkeep.examine(now)).map(({ detail }) => detail).join()).not.toContain('403');
    } finally {
      await upkeep.close();
    }
  });

  it('doctor, as the operator, sees how the cluster is', async () => {
    const { apiKeys, configWith } = settingOf();
    const { elasticsearch } = configWith({ apiKey: apiKeys.get('operator') });
    if (elasticsearch === undefined) throw new Error('no Elasticsearch');
    const examination = new Examination(elasticsearch);
    try {
      expect(await examination.cluster()).toMatchObject({ nodes: 1 });
      expect(await examination.writes()).toHaveLength(1);
      expect(await examination.blocked()).toEqual([]);
    } finally {
      await examination.close();
    }
  });

  it.each(keyHolders)('%s may not set the store up', async (principal) => {
    const store = await storeOf(principal);
    await expect(store.setup()).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('logpatrol security audit'),
    });
  });

  describe('told clearly', () => {
    it('what a service may not: its writes wait, and say why', async () => {
      const notifier = await storeOf('notifier');
      const health = await notifier.health();
      expect(health).toMatchObject({ ok: false, detail: expect.stringContaining('answered 403') });
      expect(health.remedy).toContain('logpatrol security audit');
    });
  });
}

async function withElastic(
  { config }: SecuredSetting,
  work: (connection: Connection) => Promise<void>,
): Promise<void> {
  if (config.elasticsearch === undefined) throw new Error('no Elasticsearch');
  const connection = new Connection(config.elasticsearch);
  try {
    await work(connection);
  } finally {
    await connection.close();
  }
}

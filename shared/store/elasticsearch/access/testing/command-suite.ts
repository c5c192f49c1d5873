import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '#cli/testing/spawn-cli.ts';
import { basic, type SecuredSetting } from './secured-setting.ts';

/** `logpatrol security audit`, on the installation that is set up. */
export function commandSuite(settingOf: () => SecuredSetting): void {
  let cwd = '';
  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), 'logpatrol-audit-'));
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  const audit = (...flags: string[]) => {
    const { server, namespace } = settingOf();
    const env = {
      LOGPATROL_ELASTICSEARCH_URL: server.url,
      LOGPATROL_ELASTICSEARCH_CA: server.caFile,
      LOGPATROL_ELASTICSEARCH_NAMESPACE: namespace,
      LOGPATROL_ELASTICSEARCH_USERNAME: 'elastic',
      LOGPATROL_ELASTICSEARCH_PASSWORD: server.elasticPassword,
    };
    return runCli(['security', 'audit', ...flags], { cwd, env });
  };

  it('lists what differs, mends it, and then has nothing to say', async () => {
    const { ask, server, namespace } = settingOf();
    const path = `/_security/role/logpatrol-analyzer-${namespace}`;
    const elastic = basic('elastic', server.elasticPassword);
    // The settings of these runs name no snapshots, so rights over them are too much.
    await audit('--mend');
    await ask({ method: 'PUT', path, body: { cluster: ['monitor'] } }, elastic);

    const found = await audit();
    expect(found).toMatchObject({ code: 1, err: '' });
    expect(found.out).toMatch(/^WHAT +IS +SHOULD BE$/m);
    expect(found.out).toContain(`Elasticsearch: role logpatrol-analyzer-${namespace}`);
    expect(found.out).toContain('too much: monitor of the cluster; missing: indices:data/read/search*');
    expect(found.out).toContain('1 of 1 can be mended: add --mend');
    expect(found.out).toContain('note: Elasticsearch');

    const mended = await audit('--mend', '--format', 'json');
    expect(mended.code).toBe(0);
    expect(JSON.parse(mended.out)).toMatchObject({
      mended: [{ what: `role logpatrol-analyzer-${namespace}`, action: 'update' }],
      differences: [],
    });
    expect(await audit()).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^everything is as it should be\n/),
    });
  });
}

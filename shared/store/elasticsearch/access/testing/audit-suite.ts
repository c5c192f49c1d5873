import { beforeAll, describe, expect, it } from 'vitest';
import { type Config, ConfigSchema } from '#shared/config/index.ts';
import { applyElasticsearchAccess, auditElasticsearchAccess, mendElasticsearchAccess } from '../index.ts';
import { basic, type SecuredSetting } from './secured-setting.ts';

/** Setting rights, seeing what somebody has changed since, and mending it. In a namespace of its own. */
export function auditSuite(settingOf: () => SecuredSetting): void {
  const namespace = 'audited';
  const configOf = (changes: Record<string, unknown> = {}): Config => {
    const { elasticsearch, ...config } = settingOf().config;
    return ConfigSchema.parse({ ...config, elasticsearch: { ...elasticsearch, namespace, ...changes } });
  };
  const ask = async (
    method: 'PUT' | 'POST' | 'DELETE' | 'GET',
    path: string,
    body?: unknown,
  ): Promise<string> => {
    const { server, ask: over } = settingOf();
    const answer = await over({ method, path, body }, basic('elastic', server.elasticPassword));
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    return answer.body;
  };
  const audit = async (config = configOf()) => {
    const { differences } = await auditElasticsearchAccess(config);
    return differences.map(({ what, is, canMend }) => ({ what, is, canMend }));
  };
  const changed = (changes: readonly { what: string; action: string }[]) =>
    changes.filter(({ action }) => action !== 'none').map(({ what, action }) => `${action} ${what}`);
  const statusOf = async (key: string | undefined): Promise<number> =>
    (await settingOf().ask({ method: 'GET', path: '/_security/_authenticate' }, `ApiKey ${key}`)).status;

  describe('applying', () => {
    it('says on a dry run what it would do, does it, and then has nothing to do', async () => {
      const config = configOf();
      const planned = await applyElasticsearchAccess(config, { dryRun: true });
      expect(planned.apiKeys.size).toBe(0);
      expect(planned.changes.every(({ action }) => action === 'create')).toBe(true);
      expect(await audit(config)).not.toEqual([]);
      const done = await applyElasticsearchAccess(config, { dryRun: false });
      expect(done.changes).toEqual(planned.changes);
      const repeated = await applyElasticsearchAccess(config, { dryRun: false, held: done.apiKeys });
      expect(changed(repeated.changes)).toEqual([]);
      expect(repeated.apiKeys.size).toBe(0);
      expect(await audit(config)).toEqual([]);
    });

    it('changes keys in place where a setting needs other rights', async () => {
      const { apiKeys } = await applyElasticsearchAccess(configOf(), { dryRun: false, held: new Map() });
      const { routes, ...rest } = configOf();
      const more = ConfigSchema.parse({ ...rest, routes: { ...routes, payments: {} } });
      expect(await audit(more)).toContainEqual({
        what: `role logpatrol-analyzer-${namespace}`,
        is: `missing: indices:data/read/search* on logs-payments-${namespace}`,
        canMend: true,
      });
      const applied = await applyElasticsearchAccess(more, { dryRun: false, held: apiKeys });
      expect(changed(applied.changes)).toContain(`update API key logpatrol-indexer-${namespace}`);
      expect(applied.apiKeys.size).toBe(0);
      expect(await audit(more)).toEqual([]);
      const back = await applyElasticsearchAccess(configOf(), { dryRun: false, held: apiKeys });
      expect(back.apiKeys.size).toBe(0);
      expect(await audit()).toEqual([]);
    });

    it('makes a new key in place of one that nobody has, and ends that', async () => {
      const { apiKeys: held } = await applyElasticsearchAccess(configOf(), {
        dryRun: false,
        held: new Map(),
      });
      const lost = new Map([...held].filter(([principal]) => principal !== 'indexer'));
      const applied = await applyElasticsearchAccess(configOf(), { dryRun: false, held: lost });
      expect([...applied.apiKeys.keys()]).toEqual(['indexer']);
      expect(await statusOf(held.get('indexer'))).toBe(401);
      expect(await statusOf(applied.apiKeys.get('indexer'))).toBe(200);
      expect(await statusOf(held.get('gateway'))).toBe(200);
    });

    it('gives users their passwords and roles, and leaves those alone who have them', async () => {
      const passwords = { oncall: 'a-first-password', kibanaSystem: 'a-second-password' };
      const first = await applyElasticsearchAccess(configOf(), { dryRun: false, passwords });
      expect(changed(first.changes)).toEqual(['create user oncall', 'update user kibana_system']);
      const login = (name: string, password: string) =>
        settingOf().ask({ method: 'GET', path: '/_security/_authenticate' }, basic(name, password));
      expect(await login('oncall', passwords.oncall)).toMatchObject({
        status: 200,
        body: expect.stringContaining(`"logpatrol-viewer-${namespace}"`),
      });
      expect((await login('kibana_system', passwords.kibanaSystem)).status).toBe(200);
      const second = await applyElasticsearchAccess(configOf(), { dryRun: false, passwords });
      expect(changed(second.changes)).toEqual([]);
      const other = { oncall: 'another-password' };
      const third = await applyElasticsearchAccess(configOf(), { dryRun: false, passwords: other });
      expect(changed(third.changes)).toEqual(['update user oncall']);
      expect((await login('oncall', passwords.oncall)).status).toBe(401);
    });

    it('maps groups of a directory to roles, and takes away what the configuration names no more', async () => {
      const roleMappings = [
        { role: 'viewer', groups: ['cn=oncall', 'cn=dev'] },
        { role: 'viewer', groups: ['cn=dev'] },
        { role: 'audit-reader', groups: ['cn=audit'] },
      ];
      const config = configOf({ roleMappings });
      const applied = await applyElasticsearchAccess(config, { dryRun: false });
      expect(changed(applied.changes)).toEqual([
        `create role mapping logpatrol-viewer-${namespace}`,
        `create role mapping logpatrol-audit-reader-${namespace}`,
      ]);
      expect(await audit(config)).toEqual([]);
      expect(await audit()).toHaveLength(2);
      await applyElasticsearchAccess(configOf(), { dryRun: false });
      expect(await audit()).toEqual([]);
    });
  });

  describe('an audit names, and mends', () => {
    beforeAll(async () => {
      await applyElasticsearchAccess(configOf(), { dryRun: false, held: new Map() });
    });
    const role = `logpatrol-gateway-${namespace}`;

    it('a role that was opened, or lacks something', async () => {
      const body = {
        cluster: ['manage_ilm'],
        indices: [{ names: [`findings-${namespace}`], privileges: ['all'] }],
      };
      await ask('PUT', `/_security/role/${role}`, body);
      const [difference, ...others] = await audit();
      expect(others).toEqual([]);
      expect(difference).toMatchObject({ what: `role ${role}`, canMend: true });
      expect(difference?.is).toMatch(
        /^too much: all on findings-audited, manage_ilm of the cluster; missing: .*get\* on findings-audited/,
      );
      expect(await mendElasticsearchAccess(configOf())).toMatchObject([
        { what: `role ${role}`, action: 'update' },
      ]);
      expect(await audit()).toEqual([]);
    });

    it('a role that is gone, and one that is nobody’s', async () => {
      await ask('DELETE', `/_security/role/${role}`);
      await ask('PUT', `/_security/role/logpatrol-smuggler-${namespace}`, { cluster: ['monitor'] });
      expect(await audit()).toEqual([
        { what: `role ${role}`, is: 'missing', canMend: true },
        { what: `role logpatrol-smuggler-${namespace}`, is: 'there', canMend: true },
      ]);
      await mendElasticsearchAccess(configOf());
      expect(await audit()).toEqual([]);
    });

    it('keys with other rights, of nobody, and a second one', async () => {
      const all = { anything: { cluster: ['all'], indices: [{ names: ['*'], privileges: ['all'] }] } };
      const make = (name: string, role_descriptors?: unknown) =>
        ask('POST', '/_security/api_key', { name, role_descriptors });
      await make(`logpatrol-smuggler-${namespace}`, all);
      await make(`logpatrol-indexer-${namespace}`);
      expect(await audit()).toEqual([
        {
          what: `API key logpatrol-indexer-${namespace}`,
          is: expect.stringContaining('2 in force'),
          canMend: false,
        },
        {
          what: expect.stringContaining(`API key logpatrol-indexer-${namespace} (`),
          is: 'too much: all that its owner elastic may',
          canMend: true,
        },
        {
          what: `API key logpatrol-smuggler-${namespace}`,
          is: expect.stringContaining('in force'),
          canMend: true,
        },
      ]);
      await mendElasticsearchAccess(configOf());
      expect(await audit()).toMatchObject([{ is: expect.stringContaining('2 in force') }]);
      await applyElasticsearchAccess(configOf(), { dryRun: false, held: new Map() });
      expect(await audit()).toEqual([]);
    });

    it('a mapping that gives our roles to others', async () => {
      const mapping = { enabled: true, roles: [`logpatrol-audit-reader-${namespace}`], rules: { any: [] } };
      const rules = { field: { username: '*' } };
      await ask('PUT', '/_security/role_mapping/everybody', { ...mapping, rules });
      expect(await audit()).toEqual([
        {
          what: 'role mapping everybody',
          is: `gives logpatrol-audit-reader-${namespace}`,
          canMend: false,
        },
      ]);
      await ask('DELETE', '/_security/role_mapping/everybody');
    });

    it('others who may do everything', async () => {
      await ask('PUT', '/_security/role/as_good', { cluster: ['manage_security'] });
      for (const [user, roles] of [
        ['root', ['superuser']],
        ['boss', ['as_good']],
        ['clerk', ['viewer']],
      ] as const)
        await ask('PUT', `/_security/user/${user}`, { password: 'only-to-be-found', roles });
      await ask('PUT', '/_security/role_mapping/admins', {
        enabled: true,
        roles: ['superuser'],
        rules: { field: { groups: 'admins' } },
      });
      expect((await audit()).map(({ what, canMend }) => `${what} ${canMend}`).sort()).toEqual([
        'role mapping admins false',
        'user boss false',
        'user root false',
      ]);
      for (const path of ['user/root', 'user/boss', 'user/clerk', 'role/as_good', 'role_mapping/admins'])
        await ask('DELETE', `/_security/${path}`);
      expect(await audit()).toEqual([]);
    });

    it('that the licence has no audit log', async () => {
      const { remarks } = await auditElasticsearchAccess(configOf());
      expect(remarks).toEqual([expect.stringContaining('the licence (basic) has none')]);
    });

    it('only to who may manage security', async () => {
      const { apiKeys } = settingOf();
      const config = configOf({ apiKey: apiKeys.get('operator') });
      await expect(auditElasticsearchAccess(config)).rejects.toMatchObject({ kind: 'unreachable' });
    });
  });
}

import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { principals } from '#shared/access/index.ts';
import { setUp } from '#shared/lifecycle/index.ts';
import type { SecuredKafka } from '#test/stack/secured-kafka.ts';
import { clientFactory } from '../../client.ts';
import { isPassword } from '../accounts.ts';
import { auditKafkaAccess, mendKafkaAccess } from '../index.ts';
import { deleteScramUsers } from '../scram-users.ts';
import { install, kafkaOf, quiet, type Setting } from './setting.ts';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

/** Users and rights as `logpatrol setup --secrets` and `logpatrol security audit` see to them. */
export function setUpSuite(kafka: () => SecuredKafka): void {
  let setting: Setting;
  /** A copy, for passwords change in it. */
  let secrets: string;

  const access = (over: { dryRun?: boolean } = {}) =>
    setUp(setting.config, { dryRun: false, logger: quiet, parts: ['access'], secrets, ...over });
  const changed = async (over?: { dryRun?: boolean }) =>
    (await access(over)).filter(({ action }) => action !== 'none').map(({ what, detail }) => [what, detail]);
  const audit = () => auditKafkaAccess(setting.config, { logger: quiet });
  const grant = {
    host: '*',
    resourceType: AclResourceTypes.TOPIC,
    resourceName: 'kept.controls',
    resourcePatternType: ResourcePatternTypes.LITERAL,
    operation: AclOperationTypes.WRITE,
    permissionType: AclPermissionTypes.ALLOW,
  };
  const asAdmin = async <T>(act: (admin: ReturnType<kafkajs.Kafka['admin']>) => Promise<T>): Promise<T> => {
    const admin = clientFactory(kafkaOf(setting.config), 'test', quiet)().admin();
    await admin.connect();
    try {
      return await act(admin);
    } finally {
      await admin.disconnect();
    }
  };

  beforeAll(async () => {
    secrets = join(await mkdtemp(join(tmpdir(), 'logpatrol-setup-')), 'secrets');
    await cp(kafka().secrets, secrets, { recursive: true });
    setting = await install(kafka(), 'kept.', { routes: { app: {}, nginx: {} } });
  }, 60_000);
  afterAll(() => rm(join(secrets, '..'), { recursive: true, force: true }));

  it('finds nothing to do the second time, and nothing to say of it', async () => {
    const changes = await access();
    expect(changes.map(({ what }) => what)).toEqual([
      ...principals.map((principal) => `Kafka user kept.${principal}`),
      ...principals.map((principal) => `rights of Kafka user kept.${principal}`),
      'accounts at Elasticsearch',
    ]);
    expect(changes.filter(({ action }) => action !== 'none')).toEqual([]);
    expect(await audit()).toEqual([]);
  });

  it('gives a user the password that the folder has, and only that one', async () => {
    const file = join(secrets, 'tail', 'kafka-password');
    const old = readFileSync(file, 'utf8');
    chmodSync(file, 0o600);
    writeFileSync(file, 'another-password');
    expect(await changed({ dryRun: true })).toEqual([['Kafka user kept.tail', 'another password']]);
    expect(await isPassword(kafkaOf(setting.config), 'kept.tail', old, quiet)).toBe(true);
    expect(await changed()).toEqual([['Kafka user kept.tail', 'another password']]);
    expect(await isPassword(kafkaOf(setting.config), 'kept.tail', old, quiet)).toBe(false);
    expect(await isPassword(kafkaOf(setting.config), 'kept.tail', 'another-password', quiet)).toBe(true);
    expect(await changed()).toEqual([]);
  });

  it('tells and mends rights that are missing or too much', async () => {
    await asAdmin(async (admin) => {
      await admin.createAcls({ acl: [{ ...grant, principal: 'User:kept.tail' }] });
      await admin.deleteAcls({
        filters: [{ ...grant, principal: 'User:kept.filebeat', resourceName: 'kept.logs.app' }],
      });
    });
    expect((await audit()).map(({ what, canMend }) => [what, canMend]).sort()).toEqual([
      ['User:kept.filebeat may write topic kept.logs.app', true],
      ['User:kept.tail may write topic kept.controls', true],
    ]);
    expect(
      (await mendKafkaAccess(setting.config, { logger: quiet })).map(({ what, detail }) => [what, detail]),
    ).toEqual([
      ['rights of Kafka user kept.tail', '0 rules more, 1 fewer'],
      ['rights of Kafka user kept.filebeat', '1 rules more, 0 fewer'],
    ]);
    expect(await audit()).toEqual([]);
  });

  it('tells of others with rights, and leaves them alone', async () => {
    const others = ['User:ANONYMOUS', 'User:*', 'User:somebody'];
    const acl = others.map((principal) => ({ ...grant, principal }));
    await asAdmin((admin) => admin.createAcls({ acl }));
    try {
      const found = await audit();
      expect(found.map(({ what }) => what).sort()).toEqual(
        others.map((principal) => `${principal} may write topic kept.controls`).sort(),
      );
      expect(found.filter(({ is }) => is.includes('anybody'))).toHaveLength(2);
      expect(found.some(({ canMend }) => canMend)).toBe(false);
      expect(await changed()).toEqual([]);
      expect(await audit()).toHaveLength(3);
    } finally {
      await asAdmin((admin) => admin.deleteAcls({ filters: acl }));
    }
  });

  it('tells of a user who is gone, and makes it again', async () => {
    await deleteScramUsers(clientFactory(kafkaOf(setting.config), 'test', quiet), ['kept.ipmi']);
    expect(await audit()).toMatchObject([{ what: 'Kafka user kept.ipmi', is: 'missing', canMend: false }]);
    expect(await changed()).toEqual([['Kafka user kept.ipmi', undefined]]);
    expect(await audit()).toEqual([]);
  });

  it('needs secrets for accounts, and all of them', async () => {
    const without = setUp(setting.config, { dryRun: true, logger: quiet, parts: ['access'] });
    await expect(without).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('--secrets'),
    });
    await rm(join(secrets, 'analyzer'), { recursive: true });
    await expect(access({ dryRun: true })).rejects.toMatchObject({
      kind: 'unusable-environment',
      message: expect.stringMatching(/analyzer\/kafka-password is not there.*secrets init/),
    });
    await cp(join(kafka().secrets, 'analyzer'), join(secrets, 'analyzer'), { recursive: true });
  });

  it('refuses an account that is no administrator', async () => {
    const asTail = setUp(setting.configAs('indexer'), {
      dryRun: true,
      logger: quiet,
      parts: ['access'],
      secrets,
    });
    await expect(asTail).rejects.toMatchObject({
      message: expect.stringContaining('the user of kafka.sasl may not'),
    });
  });
}

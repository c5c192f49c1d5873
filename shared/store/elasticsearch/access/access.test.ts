import { afterAll, beforeAll, describe } from 'vitest';
import { noSecured } from '#test/stack/secured.ts';
import { auditSuite } from './testing/audit-suite.ts';
import { commandSuite } from './testing/command-suite.ts';
import { connectionSuite } from './testing/connection-suite.ts';
import { matrixSuite } from './testing/matrix-suite.ts';
import { type SecuredSetting, securedSetting } from './testing/secured-setting.ts';
import { servicesSuite } from './testing/services-suite.ts';

/** One secured Elasticsearch for all of it: starting one takes longer than any of these. */
describe.skipIf(noSecured !== undefined)('rights at Elasticsearch', () => {
  let setting: SecuredSetting | undefined;
  beforeAll(async () => {
    setting = await securedSetting('shop', ({ snapshotFolder }) => ({
      snapshots: { repository: { type: 'fs', location: snapshotFolder } },
    }));
  });
  afterAll(() => setting?.stop());
  const theSetting = (): SecuredSetting => {
    if (setting === undefined) throw new Error('it has not started');
    return setting;
  };

  describe('a connection', () => connectionSuite(theSetting));
  describe('services with their keys', () => servicesSuite(theSetting));
  describe('everybody, trying everything', () => matrixSuite(theSetting));
  describe('set and audited', () => auditSuite(theSetting));
  describe('logpatrol security audit', () => commandSuite(theSetting));
});

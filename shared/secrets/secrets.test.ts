import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, fetch } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeSecrets, initSecrets, readSecret, renewCertificates, secretFiles } from './index.ts';

const day = 24 * 60 * 60 * 1000;
const now = Date.parse('2026-11-21T12:00:00Z');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logpatrol-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (place: string): string => readFileSync(join(folder, place), 'utf8');
const replace = (place: string, text: string): void => {
  rmSync(join(folder, place), { force: true });
  writeFileSync(join(folder, place), text);
};
const everything = (): Map<string, string> =>
  new Map(
    secretFiles.flatMap(({ place }) =>
      existsSync(join(folder, place)) ? [[place, read(place)] as const] : [],
    ),
  );
const made = (changes: readonly { what: string; action: string }[]): string[] =>
  changes.filter(({ action }) => action !== 'none').map(({ what }) => what);

describe('initSecrets', () => {
  it('makes every file of the layout but the keys that a server makes, for its owner alone', async () => {
    const { changes, notices } = await initSecrets(folder, { now });
    const ours = secretFiles.filter(({ content }) => content.holds !== 'api-key').map(({ place }) => place);
    expect(made(changes)).toEqual(ours);
    expect([...everything().keys()]).toEqual(ours);
    expect(notices).toEqual([]);
    for (const place of ours) expect(statSync(join(folder, place)).mode & 0o777, place).toBe(0o400);
    for (const consumer of readdirSync(folder))
      expect(statSync(join(folder, consumer)).mode & 0o777, consumer).toBe(0o700);
  });

  it('changes nothing the second time, and makes what is missing as it was', async () => {
    await initSecrets(folder, { now });
    const before = everything();
    expect(made((await initSecrets(folder, { now: now + day })).changes)).toEqual([]);
    const again = ['setup/ca.pem', 'gateway/link-key', 'kafka/keystore.pem', 'setup/kafka-password'];
    for (const place of again) rmSync(join(folder, place));
    expect(made((await initSecrets(folder, { now })).changes).sort()).toEqual(again.sort());
    expect(everything()).toEqual(before);
  });

  it('makes a consumer that came with a later version, by the authority that is there', async () => {
    await initSecrets(folder, { now });
    rmSync(join(folder, 'housekeeping'), { recursive: true });
    await initSecrets(folder, { now });
    const authority = new X509Certificate(read('setup/ca.pem'));
    expect(new X509Certificate(read('housekeeping/certificate.pem')).verify(authority.publicKey)).toBe(true);
    expect(read('housekeeping/metrics-token')).toBe(read('prometheus/metrics-token'));
  });

  it('shares what is to be shared, and nothing else', async () => {
    await initSecrets(folder, { now });
    const sharers = Map.groupBy(
      secretFiles.filter(({ content }) => content.holds === 'random'),
      ({ place }) => read(place),
    );
    expect(
      [...sharers.values()].map((files) => files.map(({ place }) => place)).filter((one) => one.length > 1),
    ).toEqual([
      ['setup/kafka-password', 'kafka/admin-password'],
      ['setup/elasticsearch-password', 'elasticsearch/elasticsearch-password'],
      [
        ...['tail', 'ipmi', 'indexer', 'analyzer', 'notifier', 'gateway', 'housekeeping', 'prometheus'].map(
          (consumer) => `${consumer}/metrics-token`,
        ),
      ],
      ['analyzer/masking-key', 'operator/masking-key'],
      ['notifier/link-key', 'gateway/link-key'],
      ['gateway/http-token', 'operator/http-token'],
    ]);
    for (const text of sharers.keys()) expect(text).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('makes certificates that OpenSSL takes strictly and a TLS client by every name', async () => {
    await initSecrets(folder, { now: Date.now(), names: ['logs.example.com', '10.1.2.3', 'fe80::1'] });
    for (const consumer of ['kafka', 'elasticsearch', 'kibana', 'gateway'])
      expect(
        execFileSync('openssl', [
          'verify',
          '-x509_strict',
          '-CAfile',
          join(folder, consumer, 'ca.pem'),
          join(folder, consumer, 'certificate.pem'),
        ]).toString(),
      ).toContain('OK');
    const certificate = new X509Certificate(read('gateway/certificate.pem'));
    expect(certificate.subject).toBe('CN=gateway');
    for (const host of ['gateway', 'localhost', 'logs.example.com'])
      expect(certificate.checkHost(host)).toBe(host);
    for (const address of ['127.0.0.1', '10.1.2.3', 'fe80::1'])
      expect(certificate.checkIP(address)).toBeDefined();
    expect(certificate.checkHost('kafka')).toBeUndefined();

    const server = createServer(
      { cert: read('gateway/certificate.pem'), key: read('gateway/key.pem') },
      (_, answer) => answer.end('well'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const dispatcher = new Agent({ connect: { ca: read('gateway/ca.pem') } });
    try {
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      const answer = await fetch(`https://127.0.0.1:${port}/`, { dispatcher });
      expect(await answer.text()).toBe('well');
    } finally {
      await dispatcher.close();
      server.close();
    }
  });

  it('lets servers alone show their certificate to others, and an authority sign no other', async () => {
    await initSecrets(folder, { now });
    const uses = (place: string) => new X509Certificate(read(place)).keyUsage;
    expect(uses('kafka/certificate.pem')).toContain('1.3.6.1.5.5.7.3.2');
    expect(uses('gateway/certificate.pem')).toEqual(['1.3.6.1.5.5.7.3.1']);
    const text = execFileSync('openssl', [
      'x509',
      '-in',
      join(folder, 'setup/ca.pem'),
      '-noout',
      '-text',
    ]).toString();
    expect(text).toContain('CA:TRUE, pathlen:0');
  });

  it('goes on without the key of the authority, which may be kept elsewhere, until something has to be signed', async () => {
    await initSecrets(folder, { now });
    rmSync(join(folder, 'setup/ca-key.pem'));
    rmSync(join(folder, 'grafana/admin-password'));
    expect(made((await initSecrets(folder, { now })).changes)).toEqual(['grafana/admin-password']);
    rmSync(join(folder, 'kibana'), { recursive: true });
    await expect(initSecrets(folder, { now })).rejects.toMatchObject({
      kind: 'unusable-environment',
      message: expect.stringContaining('ca-key.pem'),
    });
    expect(existsSync(join(folder, 'kibana'))).toBe(false);
  });

  it('goes on where it was cut off between a key and its certificate', async () => {
    await initSecrets(folder, { now });
    const key = read('gateway/key.pem');
    rmSync(join(folder, 'gateway/certificate.pem'));
    writeFileSync(join(folder, 'gateway/certificate.pem.new'), '-----BEGIN');
    chmodSync(join(folder, 'gateway/certificate.pem.new'), 0o400);
    await initSecrets(folder, { now });
    expect(read('gateway/key.pem')).toBe(key);
    expect(new X509Certificate(read('gateway/certificate.pem')).checkPrivateKey(createPrivateKey(key))).toBe(
      true,
    );
  });

  it.each([
    ['gateway/link-key', 'other', 'notifier/link-key'],
    ['gateway/link-key', '', 'is empty'],
    ['filebeat/kafka-password', 'typed by hand\n', 'line feed'],
    ['gateway/certificate.pem', 'nonsense', 'secrets renew'],
    ['gateway/key.pem', 'nonsense', 'secrets renew'],
    ['kafka/keystore.pem', 'nonsense', 'secrets renew'],
    ['setup/ca-key.pem', 'nonsense', 'ca-key.pem cannot be read'],
    ['tail/ca.pem', 'nonsense', 'must hold the same'],
  ])('says which file is broken, and touches none: %s of %j', async (place, text, expected) => {
    await initSecrets(folder, { now });
    replace(place, text);
    rmSync(join(folder, 'grafana/admin-password'));
    await expect(initSecrets(folder, { now })).rejects.toMatchObject({
      kind: 'unusable-environment',
      message: expect.stringContaining(expected),
    });
    expect(read(place)).toBe(text);
    expect(existsSync(join(folder, 'grafana/admin-password'))).toBe(false);
  });

  it('refuses certificates of another authority', async () => {
    await initSecrets(folder, { now });
    rmSync(join(folder, 'setup/ca-key.pem'));
    for (const { place, content } of secretFiles)
      if (content.holds === 'authority') rmSync(join(folder, place));
    await expect(initSecrets(folder, { now })).rejects.toThrow('was not signed by the authority beside it');
  });

  it('takes a password of one’s own, but none that a server might read in another way', async () => {
    const place = join(folder, 'elasticsearch/elasticsearch-password');
    for (const consumer of ['elasticsearch', 'setup']) mkdirSync(join(folder, consumer), { recursive: true });
    for (const odd of ['say "x"', 'a,b]', 'a\\b', '$HOME', 'two\nlines']) {
      writeFileSync(place, odd);
      await expect(initSecrets(folder, { now }), odd).rejects.toThrow('something else than letters, digits');
    }
    writeFileSync(place, 'Own-1.password_~+/=');
    await initSecrets(folder, { now });
    expect(readFileSync(join(folder, 'setup/elasticsearch-password'), 'utf8')).toBe('Own-1.password_~+/=');
  });

  it.skipIf(process.getuid?.() !== 0)('works in mounted folders of its user below one of root', async () => {
    chmodSync(folder, 0o755);
    for (const consumer of new Set(secretFiles.map((file) => file.consumer))) {
      mkdirSync(join(folder, consumer));
      execFileSync('chown', ['1000:1000', join(folder, consumer)]);
    }
    const asUser = (path: string) =>
      spawnSync(process.execPath, ['cli/logpatrol.js', 'secrets', 'init', path], {
        uid: 1000,
        gid: 1000,
        encoding: 'utf8',
      });
    expect(asUser(folder)).toMatchObject({ status: 0, stderr: '' });
    expect(statSync(join(folder, 'kafka/key.pem'))).toMatchObject({ uid: 1000 });
    rmSync(join(folder, 'grafana'), { recursive: true });
    expect(asUser(folder)).toMatchObject({
      status: 78,
      stderr: expect.stringMatching(/^logpatrol: .*grafana\/ca\.pem cannot be written: EACCES.*1000.*\n$/),
    });
  });
});

describe('certificates that end', () => {
  it('are told of 30 days before, and renewed then and not sooner', async () => {
    await initSecrets(folder, { now, names: ['logs.example.com'] });
    const before = everything();
    expect(made(await renewCertificates(folder, { now: now + 699 * day }))).toEqual([]);
    const later = now + 701 * day;
    const { changes, notices } = await initSecrets(folder, { now: later });
    expect(made(changes)).toEqual([]);
    expect(notices).toContain(
      `gateway/certificate.pem ends on 2028-11-20; renew it: logpatrol secrets renew ${folder}`,
    );
    expect(describeSecrets(folder, later).filter(({ concern }) => concern !== undefined)).toHaveLength(10);

    const renewed = made(await renewCertificates(folder, { now: later }));
    expect(renewed).toEqual(
      secretFiles.filter(({ content }) => content.holds === 'certificate').map(({ place }) => place),
    );
    const after = everything();
    for (const { place, content } of secretFiles)
      expect(after.get(place) === before.get(place), place).toBe(
        !['certificate', 'key', 'keystore'].includes(content.holds),
      );
    expect(new X509Certificate(read('kibana/certificate.pem')).checkHost('logs.example.com')).toBe(
      'logs.example.com',
    );
    expect((await initSecrets(folder, { now: later })).notices).toEqual([]);
  });

  it('are renewed where they are broken, lack a name, or it is forced', async () => {
    await initSecrets(folder, { now });
    replace('gateway/key.pem', 'nonsense');
    replace('kafka/keystore.pem', 'nonsense');
    expect(made(await renewCertificates(folder, { now }))).toEqual([
      'kafka/certificate.pem',
      'gateway/certificate.pem',
    ]);
    expect(read('kafka/keystore.pem')).toBe(
      read('kafka/key.pem') + read('kafka/certificate.pem') + read('kafka/ca.pem'),
    );
    expect(made(await renewCertificates(folder, { now, names: ['localhost'] }))).toEqual([]);
    expect(made(await renewCertificates(folder, { now, names: ['a.example'] }))).toHaveLength(10);
    expect(made(await renewCertificates(folder, { now, force: true }))).toHaveLength(10);
    expect(new X509Certificate(read('kibana/certificate.pem')).checkHost('a.example')).toBe('a.example');
  });

  it('never outlive their authority', async () => {
    await initSecrets(folder, { now });
    const authority = new X509Certificate(read('setup/ca.pem'));
    await renewCertificates(folder, { now: authority.validToDate.getTime() - 40 * day });
    expect(new X509Certificate(read('gateway/certificate.pem')).validTo).toBe(authority.validTo);
  });

  it('need an authority', async () => {
    await expect(renewCertificates(folder, { now })).rejects.toThrow('secrets init');
  });
});

describe('readSecret', () => {
  it('gives one, and says what is missing and who makes it', async () => {
    await initSecrets(folder, { now });
    expect(readSecret(folder, 'setup/viewer-password')).toBe(read('setup/viewer-password'));
    expect(() => readSecret(folder, 'setup/../../etc/passwd')).toThrow('there is no secret');
    expect(() => readSecret(folder, 'tail/elasticsearch-api-key')).toThrow(
      `logpatrol setup --secrets ${folder}`,
    );
    rmSync(join(folder, 'setup/viewer-password'));
    expect(() => readSecret(folder, 'setup/viewer-password')).toThrow(`logpatrol secrets init ${folder}`);
  });
});

import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, expect, it } from 'vitest';
import { initSecrets } from '#shared/secrets/index.ts';
import { processInfo } from './process-info.ts';

const folder = mkdtempSync(join(tmpdir(), 'logpatrol-info-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('tells the version, and when certificates end, as the files are now', async () => {
  await initSecrets(folder, { now: Date.now() });
  const pem = readFileSync(join(folder, 'indexer', 'certificate.pem'), 'utf8');
  const file = join(folder, 'http.pem');
  writeFileSync(file, pem);
  const registry = new Registry();
  processInfo(registry, { http: file, 'kafka-ca': join(folder, 'nowhere.pem') });
  const text = await registry.metrics();
  expect(text).toMatch(/^logpatrol_build_info\{version="\d+\.\d+\.\d+",node="v24\.[\d.]+"\} 1$/m);
  const limit = Number(/^logpatrol_memory_limit_bytes (\S+)$/m.exec(text)?.[1]);
  expect(limit).toBeGreaterThan(process.memoryUsage().rss);
  expect(limit).toBeLessThanOrEqual(totalmem());
  const end = Date.parse(new X509Certificate(pem).validTo) / 1000;
  expect(text).toContain(`logpatrol_certificate_end_timestamp_seconds{use="http"} ${end}`);
  expect(text).not.toContain('use="kafka-ca"');
  writeFileSync(file, 'not a certificate');
  expect(await registry.metrics()).not.toContain('use="http"');
});

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { Gauge, type Registry } from 'prom-client';
import { z } from 'zod';

/** What certificates a process has to do with: file by what it is for. */
export type CertificateUses = Readonly<Partial<Record<'http' | 'kafka-ca' | 'elasticsearch-ca', string>>>;

/**
 * What a process tells of itself on `/metrics`: its version, its memory's limit, and when the certificates end that it uses. The files are read whenever
 * somebody looks, for they are renewed while it runs; one that cannot be read has no end.
 */
export function processInfo(registry: Registry, certificates: CertificateUses): void {
  const registers = [registry];
  new Gauge({
    name: 'logpatrol_build_info',
    help: '1, with the version of logpatrol and of Node.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: version(), node: process.version }, 1);
  // Zero, or more than there is: nobody has limited it.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  new Gauge({
    name: 'logpatrol_memory_limit_bytes',
    help: 'Memory that the process may have: of its container, or else of the machine.',
    registers,
  }).set(Math.min(limit, totalmem()));
  new Gauge({
    name: 'logpatrol_certificate_end_timestamp_seconds',
    help: 'When the certificate ends: our own over HTTPS (http), or the authority of a server that we trust.',
    labelNames: ['use'],
    registers,
    collect() {
      this.reset();
      for (const [use, file] of Object.entries(certificates)) {
        const end = firstEnd(file);
        if (end !== undefined) this.set({ use }, end / 1000);
      }
    },
  });
}

const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The first end of the certificates in a file, in milliseconds since the epoch. */
function firstEnd(file: string): number | undefined {
  try {
    const ends = (readFileSync(file, 'utf8').match(certificate) ?? []).map((pem) =>
      Date.parse(new X509Certificate(pem).validTo),
    );
    return ends.length === 0 ? undefined : Math.min(...ends);
  } catch {
    // The service itself says what is wrong with the file; a scrape must not fail of it.
    return undefined;
  }
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

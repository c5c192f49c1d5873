import { hash, randomUUID } from 'node:crypto';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { IpmiServer } from '#shared/config/ipmi-schema.ts';
import { makeFolder } from '#shared/disk/make-folder.ts';
import { Timestamp } from '#shared/model/index.ts';

const maxBytes = 16 * 1024 * 1024;

const Kept = z.object({
  version: z.literal(1),
  /** SHA-256 of the address, which may hold a secret. */
  address: z.string(),
  at: Timestamp,
  servers: z.array(z.unknown()),
});

/**
 * The last good answer of an inventory in a file, for a start while it is away. It holds what lists may hold, so no secrets, and only
 * its owner may read it. What is wrong with it reads as nothing.
 */
export class KeptList {
  readonly #folder: string;
  readonly #path: string;
  readonly #address: string;

  constructor(dataDir: string, url: string) {
    this.#address = hash('sha256', url, 'hex');
    this.#folder = join(dataDir, 'cache');
    this.#path = join(this.#folder, `ipmi-inventory-${this.#address.slice(0, 16)}.json`);
  }

  async read(): Promise<{ readonly at: string; readonly servers: readonly unknown[] } | undefined> {
    try {
      await using file = await open(this.#path);
      if ((await file.stat()).size > maxBytes) return undefined;
      const kept = Kept.parse(JSON.parse(await file.readFile('utf8')));
      return kept.address === this.#address ? kept : undefined;
    } catch {
      // Not there yet, or not to be read: the inventory will say.
      return undefined;
    }
  }

  /** @throws the system's error */
  async write(servers: readonly IpmiServer[], at: number): Promise<void> {
    makeFolder(this.#folder);
    const beside = `${this.#path}.${randomUUID()}`;
    const kept: z.infer<typeof Kept> = {
      version: 1,
      address: this.#address,
      at: new Date(at).toISOString(),
      servers: [...servers],
    };
    try {
      await writeFile(beside, JSON.stringify(kept), { mode: 0o600 });
      await rename(beside, this.#path);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  }
}

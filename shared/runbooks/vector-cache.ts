import { hash, randomUUID } from 'node:crypto';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '#shared/disk/make-folder.ts';
import { isUnit } from './vector.ts';

/** A file that is larger is none of ours: all runbooks there can be, in the largest vectors that models make, are less. */
const maxBytes = 512 * 1024 * 1024;
const magic = 'logpatrol-vectors-1';
const keyBytes = 32;
const Head = z.object({
  magic: z.literal(magic),
  model: z.string(),
  dimension: z.number().int().min(1).max(65_536),
});

/** What a vector is kept under: the text that it was made from. */
export function keyOf(text: string): string {
  return hash('sha256', text, 'hex');
}

/**
 * Vectors of one embedding model in a file, so that a start need not make them again. Losing it costs only time: it is written whole beside
 * itself and renamed, by whoever comes last, and whatever is wrong with it reads as empty.
 *
 * The file: a line of text with the model and the dimension, then for each vector the SHA-256 of its text and its numbers, 32 bits each, in
 * little-endian order.
 */
export class VectorCache {
  readonly #folder: string;
  readonly #path: string;
  readonly #model: string;

  constructor(dataDir: string, model: string) {
    this.#folder = join(dataDir, 'cache');
    this.#path = join(this.#folder, `runbook-vectors-${keyOf(model).slice(0, 16)}.bin`);
    this.#model = model;
  }

  async read(): Promise<Map<string, Float32Array>> {
    try {
      await using file = await open(this.#path);
      const { size } = await file.stat();
      if (size > maxBytes) return new Map();
      return vectorsIn(await file.readFile(), this.#model);
    } catch {
      // Not there yet, or not to be read: made again.
      return new Map();
    }
  }

  /** @throws the system's error */
  async write(vectors: ReadonlyMap<string, Float32Array>): Promise<void> {
    makeFolder(this.#folder);
    const beside = `${this.#path}.${randomUUID()}`;
    try {
      await writeFile(beside, bytesOf(vectors, this.#model));
      await rename(beside, this.#path);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  }
}

function bytesOf(vectors: ReadonlyMap<string, Float32Array>, model: string): Buffer {
  const dimension = vectors.values().next().value?.length ?? 0;
  const head = Buffer.from(`${JSON.stringify({ magic, model, dimension })}\n`);
  const parts: Buffer[] = [head];
  for (const [key, vector] of vectors) {
    if (vector.length !== dimension) continue;
    const numbers = Buffer.alloc(dimension * 4);
    for (const [index, number] of vector.entries()) numbers.writeFloatLE(number, index * 4);
    parts.push(Buffer.from(key, 'hex'), numbers);
  }
  return Buffer.concat(parts);
}

/** @throws where it is no such file; a vector that is none is left out */
function vectorsIn(bytes: Buffer, model: string): Map<string, Float32Array> {
  const vectors = new Map<string, Float32Array>();
  const end = bytes.indexOf(10);
  const head = Head.parse(JSON.parse(bytes.toString('utf8', 0, Math.max(0, end))));
  const record = keyBytes + head.dimension * 4;
  if (head.model !== model || (bytes.length - end - 1) % record !== 0) return vectors;
  for (let at = end + 1; at < bytes.length; at += record) {
    const vector = Float32Array.from({ length: head.dimension }, (_, index) =>
      bytes.readFloatLE(at + keyBytes + index * 4),
    );
    if (isUnit(vector)) vectors.set(bytes.toString('hex', at, at + keyBytes), vector);
  }
  return vectors;
}

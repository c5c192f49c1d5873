import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { LogpatrolError } from '#shared/errors/index.ts';
import { loadConfig } from '../load.ts';

/** The lines of the mistakes of a configuration, the file's name shortened to FILE. Fails where there is none. */
export async function mistakesOf(yaml: string, env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-mistakes-'));
  const file = join(folder, 'logpatrol.yaml');
  try {
    await writeFile(file, yaml);
    const error: unknown = await loadConfig({ file, env }).then(
      () => expect.fail('the configuration was accepted'),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof LogpatrolError)) throw error;
    expect(error.kind).toBe('invalid-config');
    expect(error.exitCode).toBe(78);
    return error.message
      .replaceAll(file, 'FILE')
      .replace(/^the configuration is wrong: /, '')
      .replace(/^the configuration has \d+ mistakes:\n/, '')
      .split('\n')
      .map((line) => line.trim());
  } finally {
    await rm(folder, { recursive: true });
  }
}

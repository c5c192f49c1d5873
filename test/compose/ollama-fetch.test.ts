import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = join(import.meta.dirname, '..', '..', 'deploy', 'compose', 'ollama', 'fetch.sh');

/** An `ollama` that has one model, answers from the second time on, and notes what it is asked. */
const ollama = `#!/bin/sh
echo "$*" >>"$NOTES"
case $1 in
  list) [ "$(grep -c list "$NOTES")" -ge 2 ] ;;
  show) [ "$2" = qwen3:8b ] ;;
  pull) [ "$2" != nowhere ] ;;
esac
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logpatrol-fetch-'));
  writeFileSync(join(folder, 'ollama'), ollama, { mode: 0o755 });
  writeFileSync(join(folder, 'sleep'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(folder, 'notes'), '');
});
afterEach(() => rmSync(folder, { recursive: true }));

function fetchModel(model: string): { status: number | null; asked: string[] } {
  const env = { PATH: `${folder}:${process.env.PATH}`, NOTES: join(folder, 'notes') };
  const { status } = spawnSync('sh', [script, model], { env });
  const asked = readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n').filter(Boolean);
  return { status, asked };
}

describe('fetching the model', () => {
  it('waits for the server, and fetches nothing that is there', () => {
    expect(fetchModel('qwen3:8b')).toEqual({ status: 0, asked: ['list', 'list', 'show qwen3:8b'] });
  });

  it('fetches what is not there, and fails where it cannot', () => {
    expect(fetchModel('qwen3:1.7b').asked.at(-1)).toBe('pull qwen3:1.7b');
    expect(fetchModel('nowhere').status).not.toBe(0);
  });

  it('does nothing where no model is wanted', () => {
    expect(fetchModel('')).toEqual({ status: 0, asked: [] });
  });
});

it.each(['kafka/start.sh', 'elasticsearch/start.sh', 'elasticsearch/healthy.sh', 'kibana/start.sh'])(
  '%s is right as a script',
  (file) => {
    execFileSync('bash', ['-n', join(script, '..', '..', file)]);
  },
);

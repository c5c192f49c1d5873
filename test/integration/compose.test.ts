import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readEnvironment } from '#shared/config/environment.ts';
import { loadConfig } from '#shared/config/index.ts';

const root = new URL('../../', import.meta.url).pathname;

const Compose = z.object({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string(),
      ports: z.array(z.union([z.string(), z.looseObject({ host_ip: z.string().optional() })])).optional(),
      environment: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).optional(),
    }),
  ),
});

/** Either command, whichever is installed. */
const commands = [['docker-compose'], ['docker', 'compose']].filter(
  ([command = '', ...words]) => spawnSync(command, [...words, 'version'], { stdio: 'ignore' }).status === 0,
);
if (commands.length === 0)
  console.warn('docker compose is not installed: docker-compose.yml is not checked by it.');

describe.skipIf(commands.length === 0)('docker compose', () => {
  it.each(commands.map((words) => [words.join(' '), words] as const))(
    '%s accepts the file',
    (_name, words) => {
      const [command = '', ...rest] = words;
      const { status, stdout, stderr } = spawnSync(
        command,
        [...rest, '-f', 'docker-compose.yml', '--env-file', '.env.example', 'config'],
        { cwd: root, encoding: 'utf8' },
      );
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
      const { services } = Compose.parse(parse(stdout));
      for (const [name, service] of Object.entries(services)) {
        expect(service.image, name).toMatch(/:[\w.-]+$/);
        for (const port of service.ports ?? [])
          expect(typeof port === 'string' ? port : port.host_ip, name).toMatch(/^127\.0\.0\.1/);
        const own = Object.entries(service.environment ?? {}).filter(([key]) => key.startsWith('LOGPATROL_'));
        const env = Object.fromEntries(own.map(([key, value]) => [key, String(value ?? '')]));
        expect(readEnvironment(env).mistakes, name).toEqual([]);
      }
    },
  );
});

describe('docker-compose.yml', () => {
  const { environment } = z
    .object({ 'x-logpatrol': z.looseObject({ environment: z.record(z.string(), z.string()) }) })
    .parse(parse(readFileSync(`${root}docker-compose.yml`, 'utf8')))['x-logpatrol'];
  /** `${NAME-default}` and `${NAME:-default}`, as compose reads them. */
  const withSettings = (env: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(environment).map(([key, value]) => [
        key,
        value.replaceAll(/\$\{(\w+)(:?)-([^}]*)\}/g, (_, name: string, colon: string, otherwise: string) => {
          const given = env[name];
          return given === undefined || (given === '' && colon !== '') ? otherwise : given;
        }),
      ]),
    );

  it('has Ollama by default, and an OpenAI-compatible server where Ollama is left empty', async () => {
    const byDefault = await loadConfig({ env: withSettings({}) });
    expect(byDefault).toMatchObject({ ollama: { url: 'http://ollama:11434', model: 'qwen3:8b' } });
    const env = withSettings({
      ...{ LOGPATROL_OLLAMA_URL: '', LOGPATROL_OLLAMA_MODEL: '' },
      ...{ LOGPATROL_OPENAI_URL: 'http://vllm:8000/v1', LOGPATROL_OPENAI_MODEL: 'qwen3-8b' },
    });
    const other = await loadConfig({ env });
    expect(other).toMatchObject({ openai: { url: 'http://vllm:8000/v1', model: 'qwen3-8b' } });
    expect(other).not.toHaveProperty('ollama');
  });
});

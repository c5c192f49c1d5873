import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Gauge } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { probeServer } from './probe-server.ts';
import { runServices, type Starter } from './run-services.ts';
import { type OpenRuntime, openRuntime } from './runtime.ts';

let folder: string;
let runtime: OpenRuntime;
let controller: AbortController;
let events: string[];
let logged: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-lifecycle-'));
  controller = new AbortController();
  events = [];
  logged = '';
  const config = ConfigSchema.parse({ dataDir: folder, http: { port: 0 } });
  const write = (line: string): void => {
    logged += line;
  };
  const logger = pino({}, { write });
  runtime = await openRuntime(config, { logger, name: 'test' });
});
afterEach(async () => {
  await runtime.close();
  await rm(folder, { recursive: true });
});

/** A service that notes what happens to it, and can be made to end. */
function service(name: string, ready = true): Starter & { end(error?: Error): void } {
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  return {
    name,
    end: (error) => (error === undefined ? resolve() : reject(error)),
    start: async () => {
      events.push(`start ${name}`);
      return {
        name,
        ended,
        readiness: async () => [{ name, ok: ready, detail: '' }],
        stop: async () => {
          events.push(`stop ${name}`);
          resolve();
        },
      };
    },
  };
}

/** Runs them; gives the address of the probes once they listen, and whether everything has started. */
function run(starters: readonly Starter[]) {
  const { promise: url, resolve } = Promise.withResolvers<string>();
  const started = vi.fn();
  const done = runServices(runtime, starters, {
    signal: controller.signal,
    started,
    frontDoor: async (opened, health) => {
      const front = await probeServer(opened, health);
      resolve(front.url);
      return front;
    },
  });
  return { url, started, done };
}

describe('a process', () => {
  it('starts its services in order, tells how they are, and stops them when told', async () => {
    const { url, started, done } = run([service('a'), service('b')]);
    await vi.waitFor(() => expect(started).toHaveBeenCalledWith(expect.stringMatching(/^http:\/\/127/)));
    const response = await fetch(`${await url}/readyz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      ready: true,
      dependencies: [{ name: 'http' }, { name: 'a', ok: true }, { name: 'b', ok: true }],
    });
    controller.abort();
    await done;
    expect(events).toEqual(['start a', 'start b', 'stop a', 'stop b']);
    await expect(fetch(`${await url}/readyz`)).rejects.toThrow();
  });

  it('is not ready while one of its services is not', async () => {
    const { url, started, done } = run([service('a'), service('b', false)]);
    await vi.waitFor(() => expect(started).toHaveBeenCalled());
    expect((await fetch(`${await url}/readyz`)).status).toBe(503);
    expect((await fetch(`${await url}/healthz`)).status).toBe(200);
    controller.abort();
    await done;
  });

  it('ends with the error of the service that ended, and stops the others', async () => {
    const broken = service('broken');
    const { started, done } = run([service('a'), broken]);
    await vi.waitFor(() => expect(started).toHaveBeenCalled());
    broken.end(new LogpatrolError('fenced', 'another has taken over'));
    await expect(done).rejects.toThrow('another has taken over');
    expect(events).toContain('stop a');
  });

  it('takes a service that ends for no reason for a defect', async () => {
    const quitter = service('quitter');
    const { started, done } = run([quitter]);
    await vi.waitFor(() => expect(started).toHaveBeenCalled());
    quitter.end();
    await expect(done).rejects.toThrow('the service quitter ended by itself');
  });

  it('stops what it has started where another cannot start', async () => {
    const impossible: Starter = {
      name: 'impossible',
      start: () => Promise.reject(new LogpatrolError('invalid-config', 'a rule pack is wrong')),
    };
    const { done, started } = run([service('a'), impossible, service('b')]);
    await expect(done).rejects.toMatchObject({ exitCode: 78 });
    expect(events).toEqual(['start a', 'stop a']);
    expect(started).not.toHaveBeenCalled();
  });

  it('waits for a dependency that does not answer, live but not ready, and says so', async () => {
    let away = true;
    const patient: Starter = {
      name: 'patient',
      start: (opened) =>
        away
          ? Promise.reject(new LogpatrolError('unreachable', 'no answer'))
          : service('patient').start(opened),
    };
    const { url, started, done } = run([patient]);
    await vi.waitFor(() => expect(logged).toContain('waiting for patient: no answer; next try in 1 s'));
    expect((await fetch(`${await url}/healthz`)).status).toBe(200);
    expect((await fetch(`${await url}/readyz`)).status).toBe(503);
    away = false;
    await vi.waitFor(() => expect(started).toHaveBeenCalled(), { timeout: 5000 });
    controller.abort();
    await done;
  });

  it('starts one again whose first try had registered its metrics', async () => {
    let tries = 0;
    const metered: Starter = {
      name: 'metered',
      start: (opened) => {
        tries += 1;
        new Gauge({ name: 'tries', help: 'Tries.', registers: [opened.metrics] }).set(tries);
        return tries === 1
          ? Promise.reject(new LogpatrolError('unreachable', 'no answer'))
          : service('metered').start(opened);
      },
    };
    const { started, done } = run([metered]);
    await vi.waitFor(() => expect(started).toHaveBeenCalled(), { timeout: 5000 });
    expect(await runtime.metrics.metrics()).toContain('\ntries 2\n');
    controller.abort();
    await done;
  });

  it('can be stopped while it waits', async () => {
    const hopeless: Starter = {
      name: 'hopeless',
      start: () => Promise.reject(new LogpatrolError('unreachable', 'no answer')),
    };
    const { done, started } = run([hopeless]);
    await vi.waitFor(() => expect(logged).toContain('waiting for hopeless'));
    controller.abort();
    await done;
    expect(started).not.toHaveBeenCalled();
  });

  it('does not let one that cannot stop hold up the end for more than 9 s', async () => {
    const stubborn: Starter = {
      name: 'stubborn',
      start: async () => ({
        name: 'stubborn',
        readiness: async () => [],
        ended: new Promise(() => undefined),
        stop: () => new Promise(() => undefined),
      }),
    };
    const { started, done } = run([stubborn]);
    await vi.waitFor(() => expect(started).toHaveBeenCalled());
    const begun = Date.now();
    controller.abort();
    await expect(done).rejects.toThrow('stubborn did not stop within 9 s');
    expect(Date.now() - begun).toBeGreaterThan(8_900);
    expect(Date.now() - begun).toBeLessThan(10_000);
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, vi } from 'vitest';

/** A process that says when it is told to stop, and needs so long to do so. */
async function stopping(afterMs: number): Promise<ChildProcess & { stdout: NodeJS.ReadableStream }> {
  const code = `
    import { stopSignal } from ${JSON.stringify(new URL('stop-signal.ts', import.meta.url).href)};
    stopSignal((code) => process.exit(code)).addEventListener('abort', () => {
      console.log('told');
      setTimeout(() => process.exit(0), ${afterMs});
    });
    setInterval(() => undefined, 1000);
    console.log('up');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

it.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('a second %s ends the process at once, with %i', async (signal, code) => {
  const child = await stopping(60_000);
  child.kill(signal);
  expect(String((await once(child.stdout, 'data'))[0])).toBe('told\n');
  expect(child.exitCode).toBeNull();
  await vi.waitUntil(
    () => {
      child.kill(signal);
      return child.exitCode !== null;
    },
    { timeout: 5000, interval: 50 },
  );
  expect(child.exitCode).toBe(code);
});

it('a second one right behind the first, as npm sends it, leaves time to stop', async () => {
  const child = await stopping(100);
  child.kill('SIGINT');
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  expect((await once(child, 'exit'))[0]).toBe(0);
});

it('10 s without an end are enough', async () => {
  const child = await stopping(60_000);
  const begun = Date.now();
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(143);
  expect(Date.now() - begun).toBeGreaterThan(9_500);
  expect(Date.now() - begun).toBeLessThan(12_000);
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';

/** A process that says when it is told to stop, and then does not. */
async function stubborn(): Promise<ChildProcess & { stdout: NodeJS.ReadableStream }> {
  const code = `
    import { stopSignal } from ${JSON.stringify(new URL('stop-signal.ts', import.meta.url).href)};
    stopSignal((code) => process.exit(code)).addEventListener('abort', () => console.log('told'));
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
  const child = await stubborn();
  child.kill(signal);
  expect(String((await once(child.stdout, 'data'))[0])).toBe('told\n');
  expect(child.exitCode).toBeNull();
  child.kill(signal);
  expect((await once(child, 'exit'))[0]).toBe(code);
});

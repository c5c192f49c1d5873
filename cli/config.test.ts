import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from './testing/spawn-cli.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'logpatrol-config-'));
  writeFileSync(join(cwd, 'logpatrol.yaml'), 'topology: topology.yaml\n');
});
afterAll(() => rmSync(cwd, { recursive: true }));

const check = (topology: string) => {
  writeFileSync(join(cwd, 'topology.yaml'), topology);
  return runCli(['config', 'check'], { cwd });
};

it('config check warns of maintenance for a rule that is not there', async () => {
  const window = {
    name: 'w',
    rules: ['rates.new', 'kernel.panic', 'kernel.pnaic'],
    from: '01:00',
    to: '02:00',
  };
  const file = join(cwd, 'windows.yaml');
  writeFileSync(file, JSON.stringify({ maintenance: [{ ...window, timeZone: 'UTC' }] }));
  expect(await runCli(['--config', file, 'config', 'check'], { cwd })).toEqual({
    code: 0,
    out: 'the configuration is right\n',
    err: 'logpatrol: maintenance w: there is no rule kernel.pnaic\n',
  });
});

it('config check fills templates of cards, as a start does', async () => {
  const file = join(cwd, 'cards.yaml');
  writeFileSync(file, JSON.stringify({ cards: { templates: cwd } }));
  writeFileSync(join(cwd, 'card.njk'), '{{ view.titel | json }}');
  expect(await runCli(['--config', file, 'config', 'check'], { cwd })).toMatchObject({
    code: 78,
    out: '',
    err: expect.stringMatching(/cards\.templates: .*card\.njk:1: unknown variable view\.titel/),
  });
});

it('config check reads the topology', async () => {
  expect(await check('services:\n  shop: { depends-on: [mysql] }\n  mysql:\n')).toEqual({
    code: 0,
    out: 'the configuration is right\n',
    err: '',
  });
  const warned = await check('services:\n  shop: { depends-on: [mysql] }\n');
  expect(warned).toMatchObject({
    code: 0,
    err: expect.stringContaining('topology.yaml:2:24: services.shop'),
  });
  const wrong = await check('services:\n  a: { depends-on: [b] }\n  b: { depends-on: [a] }\n  c: 7\n');
  expect(wrong).toMatchObject({ code: 78, err: expect.stringContaining('topology.yaml:4:3: services.c: ') });
});

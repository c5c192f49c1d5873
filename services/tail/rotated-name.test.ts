import { expect, it } from 'vitest';
import { entryFor } from './default-files.ts';
import { describeProblem } from './discover.ts';
import { isNeverALog, isRotatedName } from './rotated-name.ts';

it.each([
  'app.log.1',
  'app.log-20261121',
  'app.log.2026-11-21',
  'app-2026-11-21.log',
  'app.1.log',
  'app.log.old',
])('takes %s for a rotated app.log', (name) => expect(isRotatedName(`/l/${name}`, '/l/app.log')).toBe(true));

it.each([
  '/l/app.log',
  '/l/app-debug.log',
  '/l/application.log.1',
  '/m/app.log.1',
  '/l/app.logs',
  '/l/app2.log',
])('does not take %s for a rotated app.log', (path) => expect(isRotatedName(path, '/l/app.log')).toBe(false));

it('leaves packed and binary names alone', () => {
  expect(['a.log.1.gz', 'a.zst', 'wtmp', 'x.journal'].map(isNeverALog)).toEqual([true, true, true, true]);
  expect(['a.log', 'syslog', 'gz'].map(isNeverALog)).toEqual([false, false, false]);
});

it('gives a default file its type and service', () => {
  expect(entryFor('/var/log/nginx/error.log')).toMatchObject({ type: 'nginx', service: 'nginx' });
  expect(entryFor('/var/log/auth.log')).toEqual({ path: '/var/log/auth.log', type: 'syslog' });
  expect(entryFor('/var/log/dpkg.log')).toMatchObject({ type: 'app', service: 'dpkg' });
});

it('says on one line what to do about a file that may not be read', () => {
  const error = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
  expect(describeProblem('/l/a.log', error)).toMatch(
    /^Cannot read \/l\/a\.log: permission denied\. .*group adm/,
  );
});

import { expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { checkRoutePacks } from './route-packs.ts';

const routesWith = (packs: string[]) => ConfigSchema.parse({ routes: { app: { packs }, web: {} } }).routes;

it('takes packs that are there, and a route that names none', () => {
  expect(() => checkRoutePacks(routesWith(['jvm']), ['generic', 'jvm'])).not.toThrow();
});

it('tells every pack that is not, and those that are', () => {
  expect(() => checkRoutePacks(routesWith(['jmv', 'jvm', 'x']), ['generic', 'jvm'])).toThrow(
    'routes.app.packs: there is no rule pack "jmv"; routes.app.packs: there is no rule pack "x"; there are generic, jvm',
  );
});

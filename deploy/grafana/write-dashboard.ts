import { writeFileSync } from 'node:fs';
import { dashboard } from './dashboard.ts';
import { rows } from './panels.ts';

writeFileSync(
  new URL('dashboards/logpatrol.json', import.meta.url),
  `${JSON.stringify(dashboard(rows), null, 2)}\n`,
);

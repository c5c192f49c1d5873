import { applyKibanaObjects } from '#shared/kibana/index.ts';
import type { Check } from '../check.ts';

/** A Kibana that is there answers at once. */
const patienceMs = 3_000;

/** Whether Kibana has our data views and dashboards, of this version. */
export const kibanaCheck: Check = {
  name: 'kibana',
  part: 'store',
  anchors: ['kibana-objects', 'kibana-empty'],
  applies: ({ kibana }) => kibana !== undefined,
  async ask({ config, logger }) {
    const changes = await applyKibanaObjects(config, { dryRun: true, logger, patienceMs });
    const due = changes.filter(({ action }) => action !== 'none');
    const name = 'objects in Kibana';
    if (due.length === 0)
      return [
        { name, status: 'ok', detail: 'data views, dashboards and searches are those of this version' },
      ];
    return [
      {
        ...{ name, status: 'warning', anchor: 'kibana-objects' },
        detail: due.map(({ what, detail = '' }) => `${what} ${detail}`.trim()).join('; '),
        remedy: 'run `logpatrol setup --part kibana`',
      },
    ];
  },
};

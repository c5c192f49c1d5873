import type { Finding } from '#shared/model/index.ts';
import { healthOf, timingOf } from './finding-figures.ts';

/** Fields of lists that the index has, as `elasticsearch/index-templates/findings.json` maps them. */
const listed = [
  'history.id',
  'history.at',
  'history.action',
  'history.note',
  'history.by.id',
  'history.by.name',
  'history.to.id',
  'history.to.name',
  'dependants.id',
  'dependants.service',
  'runbooks.name',
  'runbooks.section',
  'runbooks.foundBy',
  'assets.host',
  'assets.owner',
  'similar.id',
  'similar.cause',
  'similar.feedback',
  'conclusion.actions.text',
  'conclusion.evidence.text',
];

/**
 * A finding as it is indexed. The index has no objects (`subobjects: false`), and Elasticsearch then looks into none that stands in a
 * list; so what people search lists by stands beside them under its whole name, which whoever reads the finding passes over. So do
 * figures that dashboards show, and service and hosts under the names that lines have, so that one filter holds for both.
 */
export function findingDocument(finding: Finding): Record<string, unknown> {
  const document: Record<string, unknown> = {
    ...finding,
    'service.name': finding.service,
    'host.name': finding.hosts,
    ...healthOf(finding),
    ...timingOf(finding),
  };
  for (const name of listed) {
    const values = valuesAt(finding, name.split('.'));
    if (values.length > 0) document[name] = values;
  }
  return document;
}

function valuesAt(value: unknown, [name, ...rest]: readonly string[]): unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value))
    return value.flatMap((one) => valuesAt(one, name === undefined ? [] : [name, ...rest]));
  if (name === undefined) return [value];
  return typeof value === 'object' && value !== null ? valuesAt(Reflect.get(value, name), rest) : [];
}

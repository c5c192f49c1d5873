import { severities } from '#shared/model/index.ts';
import type { FindingQuery } from '../port.ts';

/** What of a finding is looked for by an index over its JSON; written as the indexes are, or they would not serve. */
export const fingerprintOf = "json_extract(json, '$.fingerprint')";
export const ruleOf = "json_extract(json, '$.rule')";

/** A query of findings as one WHERE clause; texts are bound values. */
export function whereOfFindings(query: FindingQuery): { where: string; values: (string | number)[] } {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const add = (part: string, value: string | number | undefined): void => {
    if (value === undefined) return;
    parts.push(part);
    values.push(value);
  };
  add('service = ?', query.service);
  add(`${fingerprintOf} = ?`, query.fingerprint);
  add(`${ruleOf} = ?`, query.rule);
  add('severity >= ?', query.atLeast === undefined ? undefined : severities.indexOf(query.atLeast));
  add('last_seen >= ?', query.from);
  add('first_seen < ?', query.to);
  return { where: parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`, values };
}

import type { Config } from '#shared/config/index.ts';
import { type Rison, rison } from './rison.ts';

/** Which lines Discover is opened on. */
export interface DiscoverQuery {
  readonly service: string;
  /** All of them, or none: then those of every host are shown. */
  readonly hosts: readonly string[];
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

/**
 * The address of Kibana's Discover on the lines of a service, in the form that Kibana 8.7 and later write themselves: state in Rison
 * in the fragment, the data view as `dataSource`, the time as `_g`. Everything that has a meaning in an address or in Markdown is
 * percent-encoded. Every text has to be well formed.
 */
export function discoverUrl(kibana: NonNullable<Config['kibana']>, query: DiscoverQuery): string {
  const { service, hosts, from, to } = query;
  const anyHost = hosts.map((host) => `host.name: ${quoted(host)}`).join(' or ');
  const kuery = `service.name: ${quoted(service)}${anyHost === '' ? '' : ` and (${anyHost})`}`;
  const global: Rison = {
    time: { from: new Date(from).toISOString(), to: new Date(to).toISOString() },
  };
  const own: Rison = {
    columns: ['host.name', 'message'],
    dataSource: { dataViewId: kibana.dataView, type: 'dataView' },
    query: { language: 'kuery', query: kuery },
    sort: [['@timestamp', 'desc']],
  };
  const space = kibana.space === undefined ? '' : `/s/${encodeURIComponent(kibana.space)}`;
  return `${kibana.url.replace(/\/+$/, '')}${space}/app/discover#/?_g=${encoded(rison(global))}&_a=${encoded(rison(own))}`;
}

/** A literal of the Kibana Query Language: within quotes only the backslash, the quote and line breaks have a meaning. */
function quoted(text: string): string {
  const escaped = text
    .replaceAll(/[\\"]/g, (mark) => `\\${mark}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*~]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

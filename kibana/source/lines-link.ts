/**
 * The address of Discover on the lines of a service or a host, as the template of a field's URL format: Kibana puts the cell's value
 * in place of `{{value}}`, percent-encoded, and its base path, the space and `/app/` in front of an address that begins with `../`
 * (`field_formats/common/converters/url.tsx`).
 */
export function linesOf(field: 'service.name' | 'host.name'): string {
  const global = '(time:(from:now-24h,to:now))';
  const query = `${encodeURIComponent(`${field}: "`)}{{value}}${encodeURIComponent('"')}`;
  const own = [
    'columns:!(service.name,host.name,message)',
    'dataSource:(dataViewId:logpatrol-logs,type:dataView)',
    `query:(language:kuery,query:'${query}')`,
    "sort:!(!('@timestamp',desc))",
  ].join(',');
  return `../app/discover#/?_g=${global}&_a=(${own})`;
}

/** What can stand in the state of a page of Kibana. */
export type Rison = string | number | boolean | null | readonly Rison[] | { readonly [name: string]: Rison };

/** A word that needs no quotes: it cannot be taken for a number, a mark or an operator. */
const bare = /^[A-Za-z_~/][\w~/.-]*$/;

/** The value as Rison (https://github.com/Nanonid/rison), in which Kibana keeps its state in addresses. Not percent-encoded. */
export function rison(value: Rison): string {
  if (value === null) return '!n';
  switch (typeof value) {
    case 'boolean':
      return value ? '!t' : '!f';
    case 'number':
      return String(value).replace('+', '');
    case 'string':
      return bare.test(value) ? value : `'${value.replaceAll(/[!']/g, (mark) => `!${mark}`)}'`;
    case 'object':
      return isList(value)
        ? `!(${value.map(rison).join(',')})`
        : `(${Object.entries(value)
            .map(([name, part]) => `${rison(name)}:${rison(part)}`)
            .join(',')})`;
  }
}

function isList(value: object): value is readonly Rison[] {
  return Array.isArray(value);
}

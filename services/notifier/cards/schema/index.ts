import { isObject } from './attributes.ts';
import { type Attribute, components, parts, type Shape } from './components.ts';

/** What is wrong with a card, and where: `body.elements[3].text`. */
export interface CardTrouble {
  readonly path: string;
  readonly why: string;
  /** The attribute or the component that is unknown, where one is. */
  readonly unknown?: string;
}

const mostElements = 200;
/** Levels of containers. */
const deepest = 5;
/** Markdown tables count as tables; where four have been seen to fail, three are safe. */
const mostTables = 3;

/**
 * What of the card Feishu would refuse, as far as its published component pages say (card JSON 2.0, June 2025): unknown components and
 * attributes, values, counts. Markdown is looked at for tables alone. Undefined where nothing is wrong.
 */
export function cardTrouble(card: unknown): CardTrouble | undefined {
  const trouble = shapeTrouble(card, parts.card, '', 0);
  if (trouble !== undefined) return trouble;
  const { elements, ids, tables } = countsOf(card);
  if (elements > mostElements)
    return { path: 'body', why: `${elements} elements; there may be ${mostElements}` };
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) return { path: 'body', why: `the element_id "${twice}" is there twice` };
  return tables > mostTables
    ? { path: 'body', why: `${tables} tables; there may be ${mostTables}` }
    : undefined;
}

function shapeTrouble(
  value: unknown,
  shape: Shape | undefined,
  path: string,
  depth: number,
): CardTrouble | undefined {
  if (!isObject(value) || shape === undefined) return { path, why: 'must be an object' };
  for (const name of Object.keys(shape))
    if (name.endsWith('!') && value[name.slice(0, -1)] === undefined)
      return { path, why: `needs "${name.slice(0, -1)}"` };
  for (const [name, inner] of Object.entries(value)) {
    const attribute = shape[name] ?? shape[`${name}!`];
    const at = path === '' ? name : `${path}.${name}`;
    if (attribute === undefined) return { path: at, why: `unknown attribute "${name}"`, unknown: name };
    const trouble = attributeTrouble(inner, attribute, at, depth);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

function attributeTrouble(
  value: unknown,
  attribute: Attribute,
  path: string,
  depth: number,
): CardTrouble | undefined {
  if (typeof attribute === 'function') {
    const why = attribute(value);
    return why === undefined ? undefined : { path, why };
  }
  if ('object' in attribute) return shapeTrouble(value, parts[attribute.object], path, depth);
  if (!Array.isArray(value) || value.length === 0) return { path, why: 'must be a list that is not empty' };
  const isOfComponents = 'components' in attribute;
  if (isOfComponents && depth >= deepest) return { path, why: `more than ${deepest} levels of containers` };
  for (const [index, each] of value.entries()) {
    const at = `${path}[${index}]`;
    const trouble = isOfComponents
      ? componentTrouble(each, at, depth + 1)
      : shapeTrouble(each, parts[attribute.list], at, depth);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

function componentTrouble(value: unknown, path: string, depth: number): CardTrouble | undefined {
  if (!isObject(value)) return { path, why: 'must be an object' };
  const { tag, ...rest } = value;
  const shape = typeof tag === 'string' && Object.hasOwn(components, tag) ? components[tag] : undefined;
  if (shape === undefined)
    return {
      path,
      why: `no component "${String(tag)}"; there are ${Object.keys(components).join(', ')}`,
      unknown: String(tag),
    };
  return shapeTrouble(rest, shape, path, depth);
}

const tableRule = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*$/gm;

function countsOf(value: unknown): { elements: number; ids: string[]; tables: number } {
  const counts = { elements: 0, ids: [] as string[], tables: 0 };
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) for (const each of part) visit(each);
    else if (isObject(part)) {
      if (typeof part.tag === 'string') counts.elements += 1;
      if (typeof part.element_id === 'string') counts.ids.push(part.element_id);
      if (part.tag === 'markdown' && typeof part.content === 'string')
        // What stands in a code block is no table.
        counts.tables += part.content.replaceAll(/^(`{3,})[\s\S]*?^\1/gm, '').match(tableRule)?.length ?? 0;
      for (const each of Object.values(part)) visit(each);
    }
  };
  visit(value);
  return counts;
}

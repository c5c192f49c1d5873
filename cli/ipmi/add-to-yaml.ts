import { isDeepStrictEqual } from 'node:util';
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type Scalar,
  stringify,
} from 'yaml';
import type { IpmiServer } from '#shared/config/ipmi-schema.ts';
import { LogpatrolError } from '#shared/errors/index.ts';

/** A server as it is written to a file: what is as everywhere is left out. */
export type WrittenServer = Pick<IpmiServer, 'name' | 'host'> & Partial<IpmiServer>;

/**
 * The text of a configuration with one more server at the end of `ipmi.servers`. Every other line stays as it is: the entry is put in
 * as text where the list is written in lines, and only a list in another form (`servers: []`, `ipmi: {}`) is written anew by the yaml
 * library, which keeps its comments.
 *
 * @throws LogpatrolError `invalid-config` where the text is no YAML, or `ipmi.servers` is no list
 */
export function addToYaml(text: string, server: WrittenServer): string {
  const document = parse(text);
  const wanted = parse(text);
  enter(wanted, server);
  const data: unknown = wanted.toJS();
  const spliced = splice(text, document, server);
  // What was put in as text counts only where it reads as it should.
  if (spliced !== undefined && isDeepStrictEqual(readBack(spliced), data)) return spliced;
  const written = wanted.toString({ lineWidth: 0, flowCollectionPadding: true });
  if (isDeepStrictEqual(readBack(written), data)) return written;
  throw new LogpatrolError(
    'invalid-config',
    'the configuration is written in a way that nothing can be added to; add the server by hand',
  );
}

function parse(text: string): Document {
  const document = parseDocument(text, { stringKeys: true });
  const [error] = document.errors;
  // yaml adds an excerpt, which could hold a secret.
  if (error !== undefined)
    throw new LogpatrolError(
      'invalid-config',
      `the configuration is no YAML: ${error.message.split('\n')[0]}`,
    );
  return document;
}

/** Puts the entry into the document, whose comments stay. */
function enter(document: Document, server: WrittenServer): void {
  const ipmi = document.contents === null ? undefined : childOf(document.contents, 'ipmi');
  if (isNothing(ipmi)) {
    document.setIn(['ipmi'], document.createNode({ servers: [server] }));
    if (isScalar(ipmi) && isMap(document.contents)) keepComments(ipmi, childOf(document.contents, 'ipmi'));
    return;
  }
  const servers = childOf(ipmi, 'servers');
  if (isNothing(servers)) document.setIn(['ipmi', 'servers'], document.createNode([server]));
  else if (isSeq(servers)) {
    // In lines, unless others stand in one already.
    if (servers.items.length === 0) servers.flow = false;
    servers.add(document.createNode(server));
  } else throw noList();
}

function childOf(node: unknown, key: string): unknown {
  if (isMap(node)) return node.get(key, true);
  throw noList();
}

function isNothing(node: unknown): boolean {
  return node === undefined || (isScalar(node) && node.value === null);
}

function keepComments(from: Scalar, to: unknown): void {
  const comments = [from.commentBefore, from.comment].filter((comment) => typeof comment === 'string');
  if (isNode(to) && comments.length > 0) to.commentBefore = comments.join('\n');
}

function noList(): LogpatrolError {
  return new LogpatrolError('invalid-config', 'ipmi.servers of the configuration is no list');
}

function readBack(text: string): unknown {
  const document = parseDocument(text, { stringKeys: true });
  return document.errors.length > 0 ? undefined : document.toJS();
}

/** The entry as text in its place; undefined where the list is in no form for that. */
function splice(text: string, document: Document, server: WrittenServer): string | undefined {
  const root = document.contents;
  if (root === null) return append(text, { ipmi: { servers: [server] } }, '');
  if (!isMap(root) || root.flow === true) return undefined;
  const ipmi = pairOf(root.items, 'ipmi');
  if (ipmi === undefined) return append(text, { ipmi: { servers: [server] } }, '\n');
  if (!isMap(ipmi.value) || ipmi.value.flow === true) return undefined;
  const servers = pairOf(ipmi.value.items, 'servers');
  const end = endOf(ipmi.value);
  if (servers === undefined)
    return end === undefined
      ? undefined
      : insert(text, end, { servers: [server] }, columnOf(text, startOf(ipmi.value.items[0]?.key)));
  if (!isSeq(servers.value) || servers.value.flow === true) return undefined;
  const last = servers.value.items.at(-1);
  const at = endOf(last);
  const dash = startOf(servers.value);
  if (at === undefined || dash === undefined) return undefined;
  return insert(text, at, [server], columnOf(text, dash));
}

function pairOf(pairs: readonly Pair[], key: string): Pair | undefined {
  return pairs.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

function startOf(node: unknown): number | undefined {
  return rangeOf(node)?.[0];
}

/** Where the value of a node ends, without what follows it. */
function endOf(node: unknown): number | undefined {
  return rangeOf(node)?.[1];
}

function rangeOf(node: unknown): readonly [number, number, number] | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  const { range } = node;
  return Array.isArray(range) && typeof range[0] === 'number' ? [range[0], range[1], range[2]] : undefined;
}

function columnOf(text: string, offset: number | undefined): number | undefined {
  return offset === undefined ? undefined : offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** Puts the data in as lines of their own behind the line in which the offset's value ends. */
function insert(text: string, end: number, data: unknown, column: number | undefined): string | undefined {
  if (column === undefined) return undefined;
  // A block's value may end with its own line break.
  const from = Math.max(0, /\s/.test(text[end - 1] ?? '') ? text.slice(0, end).trimEnd().length : end);
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const lineEnd = text.indexOf('\n', from);
  const before = lineEnd < 0 ? `${text}${lineBreak}` : text.slice(0, lineEnd + 1);
  const lines = stringify(data, { lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map((line) => `${' '.repeat(column)}${line}${lineBreak}`);
  return `${before}${lines.join('')}${lineEnd < 0 ? '' : text.slice(lineEnd + 1)}`;
}

function append(text: string, data: unknown, between: string): string {
  const before = text === '' ? '' : `${text.endsWith('\n') ? text : `${text}\n`}${between}`;
  return before + stringify(data, { lineWidth: 0 });
}

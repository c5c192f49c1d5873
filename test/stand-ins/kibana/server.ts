import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { Listener } from '../listener.ts';
import { Space } from './space.ts';

interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly space: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const titles = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [404, 'Not Found'],
  [409, 'Conflict'],
  [415, 'Unsupported Media Type'],
]);
const refuse = (status: number, message: string): Reply => ({
  status,
  body: { statusCode: status, error: titles.get(status), message },
});
const ok = (body: unknown): Reply => ({ status: 200, body });

/**
 * Kibana 9 on 127.0.0.1, as far as setup uses it: status, spaces, saved objects, default data view, settings. As strict as the real
 * one: credentials, `kbn-xsrf`, the origin of internal calls, multipart files named `.ndjson`, the shapes of objects, and answers 200
 * with `success: false`. What it does with an import is in `space.ts`, with the files of Kibana that say so.
 */
export class KibanaStandIn {
  readonly spaces = new Map([['default', new Space()]]);
  /** Method and path of each call that was let in, with its space. */
  readonly calls: string[] = [];
  /** Ids that fail for a reason of Kibana's own. */
  readonly refused = new Set<string>();
  level: 'available' | 'degraded' = 'available';
  /** So many more times it says that it is not ready yet. */
  notReadyFor = 0;
  readonly #credentials: readonly string[];
  readonly #listener = new Listener((request, response) => void this.#handle(request, response));

  constructor({ username, password, apiKey }: { username: string; password: string; apiKey: string }) {
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    this.#credentials = [`Basic ${basic}`, `ApiKey ${apiKey}`];
  }

  get origin(): string {
    return this.#listener.origin;
  }

  up(): Promise<void> {
    return this.#listener.up();
  }

  down(): Promise<void> {
    return this.#listener.down();
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    const url = new URL(incoming.url ?? '/', 'http://kibana');
    const [, space = 'default', path = url.pathname] = /^\/s\/([^/]+)(\/.*)$/.exec(url.pathname) ?? [];
    const { status, body } = await this.#answer({
      method: incoming.method ?? '',
      path,
      query: url.searchParams,
      space,
      headers: incoming.headers,
      body: Buffer.concat(chunks),
    });
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
      .end(JSON.stringify(body));
  }

  async #answer(request: Request): Promise<Reply> {
    const { method, path, headers } = request;
    const isKnown = this.#credentials.includes(headers.authorization ?? '');
    if (headers.authorization !== undefined && !isKnown) return refuse(401, 'unable to authenticate user');
    if (this.notReadyFor > 0) {
      this.notReadyFor -= 1;
      return { status: 503, body: 'Kibana server is not ready yet.' };
    }
    if (path === '/api/status' && method === 'GET') return ok({ status: { overall: { level: this.level } } });
    if (!isKnown) return refuse(401, 'Unauthorized');
    if (method !== 'GET' && headers['kbn-xsrf'] === undefined)
      return refuse(400, 'Request must contain a kbn-xsrf header.');
    if (path.startsWith('/internal/') && headers['x-elastic-internal-origin'] === undefined)
      return refuse(
        400,
        `uri [${path}] with method [${method.toLowerCase()}] exists but is not available with the current configuration`,
      );
    this.calls.push(`${method} ${request.space} ${path}`);
    if (path.startsWith('/api/spaces/space')) return this.#spaces(request);
    const space = this.spaces.get(request.space);
    if (space === undefined) return refuse(404, `Saved object [space/${request.space}] not found`);
    switch (`${method} ${path}`) {
      case 'POST /api/saved_objects/_bulk_get':
        return bulkGet(request, space);
      case 'POST /api/saved_objects/_import':
        return await this.#import(request, space);
      case 'GET /api/data_views/default':
        return ok({ data_view_id: space.defaultDataView });
      case 'POST /api/data_views/default':
        return setDefaultDataView(request, space);
      case 'GET /internal/kibana/settings':
        return ok(settingsOf(space));
      case 'POST /internal/kibana/settings':
        return setSettings(request, space);
      default:
        return refuse(404, 'Not Found');
    }
  }

  #spaces({ method, path, body }: Request): Reply {
    if (method === 'GET') {
      const id = decodeURIComponent(path.slice('/api/spaces/space/'.length));
      return this.spaces.has(id) ? ok({ id, name: id, disabledFeatures: [] }) : refuse(404, 'Not Found');
    }
    const wanted = z
      .strictObject({ id: z.string().regex(/^[a-z0-9_-]+$/), name: z.string().min(1) })
      .safeParse(json(body));
    if (!wanted.success) return refuse(400, z.prettifyError(wanted.error));
    const { id } = wanted.data;
    if (this.spaces.has(id)) return refuse(409, `A space with the identifier ${id} already exists.`);
    this.spaces.set(id, new Space());
    return ok(wanted.data);
  }

  async #import({ headers, body, query }: Request, space: Space): Promise<Reply> {
    const type = headers['content-type'] ?? '';
    if (!type.startsWith('multipart/form-data')) return refuse(415, 'Unsupported Media Type');
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    const file = form.get('file');
    if (!(file instanceof File)) return refuse(400, '[request body.file]: expected value of type [Stream]');
    const extension = /\.[^.]*$/.exec(file.name)?.[0]?.toLowerCase() ?? '';
    if (extension !== '.ndjson') return refuse(400, `Invalid file extension ${extension}`);
    const lines = (await file.text()).split('\n').filter((line) => line.trim() !== '');
    const objects = lines.map((line) => json(Buffer.from(line)));
    if (objects.includes(undefined)) return refuse(400, 'Unexpected token in JSON');
    const isElsewhere = (key: string) =>
      [...this.spaces.values()].some((other) => other !== space && other.objects.has(key));
    const result = space.import(objects, query.get('overwrite') === 'true', isElsewhere, this.refused);
    return 'badRequest' in result ? refuse(400, result.badRequest) : ok(result);
  }
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function bulkGet({ body }: Request, space: Space): Reply {
  const wanted = z.array(z.strictObject({ type: z.string(), id: z.string() })).safeParse(json(body));
  if (!wanted.success) return refuse(400, z.prettifyError(wanted.error));
  const saved_objects = wanted.data.map(({ type, id }) => {
    const message = `Saved object [${type}/${id}] not found`;
    return (
      space.objects.get(`${type}:${id}`) ?? {
        type,
        id,
        error: { statusCode: 404, error: 'Not Found', message },
      }
    );
  });
  return ok({ saved_objects });
}

function setDefaultDataView({ body }: Request, space: Space): Reply {
  const wanted = z
    .strictObject({ data_view_id: z.string().min(1).max(1000).nullable(), force: z.boolean().default(false) })
    .safeParse(json(body));
  if (!wanted.success) return refuse(400, z.prettifyError(wanted.error));
  if (space.defaultDataView === '' || wanted.data.force)
    space.defaultDataView = wanted.data.data_view_id ?? '';
  return ok({ acknowledged: true });
}

function settingsOf(space: Space): unknown {
  const own = [...space.settings].map(([name, userValue]) => [name, { userValue }]);
  return { settings: { buildNum: { userValue: 90_000 }, ...Object.fromEntries(own) } };
}

function setSettings({ body }: Request, space: Space): Reply {
  const wanted = z
    .strictObject({ changes: z.strictObject({ defaultRoute: z.string().startsWith('/') }) })
    .safeParse(json(body));
  if (!wanted.success) return refuse(400, z.prettifyError(wanted.error));
  for (const [name, value] of Object.entries(wanted.data.changes)) space.settings.set(name, value);
  return ok(settingsOf(space));
}

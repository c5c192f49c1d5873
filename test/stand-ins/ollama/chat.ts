import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { keepAliveMs, type Models } from './models.ts';
import { type ChatBody, checkOptions, defaultContext, option, Refusal, schemaOf } from './protocol.ts';
import type { RequestQueue } from './queue.ts';
import type { Reply } from './reply.ts';
import { promptTokens, tokenize } from './tokens.ts';

/** What surrounds one request. */
export interface Serving {
  readonly models: Models;
  /** What the model does with it. */
  readonly nextReply: () => Reply;
  readonly queue: RequestQueue;
  readonly response: ServerResponse;
  /** Aborts when the client has left. */
  readonly gone: AbortSignal;
}

/** Answers one `/api/chat`. */
export async function chat(
  body: ChatBody,
  { models, nextReply, queue, response, gone }: Serving,
): Promise<void> {
  const spec = models.spec(body.model);
  const { capabilities = ['completion'] } = spec;
  if (!capabilities.includes('completion')) throw new Refusal(400, `"${body.model}" does not support chat`);
  const asksToThink = body.think !== undefined && body.think !== false;
  if ((asksToThink && !capabilities.includes('thinking')) || (body.think !== undefined && spec.refusesThink))
    throw new Refusal(400, `"${body.model}" does not support thinking`);
  checkOptions(body);
  const schema = schemaOf(body);
  const keepAlive = keepAliveMs(body.keep_alive);
  if (body.messages.length === 0) {
    if (keepAlive === 0) models.unload(spec.name);
    else {
      const context = models.contextOf(spec, option(body, 'num_ctx', defaultContext));
      await models.load(spec, context, keepAlive, gone);
    }
    const done_reason = keepAlive === 0 ? 'unload' : 'load';
    send(response, 200, { ...lineOf(body, ''), done: true, done_reason });
    return;
  }
  const wanted = promptTokens(body.messages);
  const context = models.contextOf(spec, option(body, 'num_ctx', defaultContext));
  if (wanted > context && !body.truncate)
    throw new Refusal(400, 'the input length exceeds the context length');
  const reply = nextReply();
  if (reply.kind === 'queue-full')
    throw new Refusal(503, 'server busy, please try again.  maximum pending requests exceeded');
  if (reply.kind === 'proxy-error') {
    response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>502 Bad Gateway</h1></html>');
    return;
  }
  const leave = await queue.enter(gone);
  try {
    const loadMs = await models.load(spec, context, keepAlive, gone);
    const started = performance.now();
    if (reply.kind === 'hang') {
      await once(gone, 'abort');
      return;
    }
    const { delayMs = 0 } = 'delayMs' in reply ? reply : {};
    await delay(delayMs, undefined, { signal: gone });
    if (reply.kind === 'broken-stream') {
      if (body.stream) response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write(`${JSON.stringify(lineOf(body, '{'))}\n`, () => response.destroy());
      return;
    }
    if (reply.kind === 'runner-death') {
      models.unload(spec.name);
      const error = 'llama runner process has terminated: signal: killed';
      if (!body.stream) throw new Refusal(500, error);
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write(`${JSON.stringify(lineOf(body, '{'))}\n`);
      response.end(`${JSON.stringify({ error })}\n`);
      return;
    }
    if (schema !== undefined) {
      const checked = schema.safeParse(reply.answer);
      if (!checked.success)
        throw new Refusal(500, `stand-in: the scripted answer breaks the schema: ${checked.error.message}`);
    }
    answer(
      body,
      reply,
      { wanted, context, loadMs, elapsedNs: Math.round((performance.now() - started) * 1e6) },
      response,
    );
  } finally {
    leave();
  }
}

/** Writes what the model says, cut where `num_predict` has it. Thoughts come first and count. */
function answer(
  body: ChatBody,
  reply: Extract<Reply, { kind: 'answer' }>,
  figures: { wanted: number; context: number; loadMs: number; elapsedNs: number },
  response: ServerResponse,
): void {
  const { wanted, context, loadMs, elapsedNs } = figures;
  const inContent = reply.thinkingIn === 'content' && reply.thinking !== undefined;
  const json = JSON.stringify(reply.answer).replace(/^\{/, `{${' \n'.repeat(reply.blanks ?? 0)}`);
  const thoughts = inContent ? [] : tokenize(reply.thinking ?? '');
  const tokens = tokenize(inContent ? `<think>${reply.thinking}</think>\n${json}` : json);
  const limit = option(body, 'num_predict', -1);
  const all = thoughts.length + tokens.length;
  const isCut = limit >= 0 && all > limit;
  const thought = isCut ? thoughts.slice(0, limit) : thoughts;
  const said = isCut ? tokens.slice(0, Math.max(0, limit - thoughts.length)) : tokens;
  const message = {
    role: 'assistant',
    content: said.join(''),
    ...(thought.length > 0 && { thinking: thought.join('') }),
  };
  const end = {
    done: true,
    done_reason: isCut ? 'length' : 'stop',
    total_duration: elapsedNs,
    load_duration: Math.round(loadMs * 1e6),
    prompt_eval_count: Math.min(wanted, context),
    prompt_eval_duration: Math.round(elapsedNs / 2),
    eval_count: thought.length + said.length,
    eval_duration: Math.round(elapsedNs / 2),
  };
  if (!body.stream) {
    send(response, 200, { ...lineOf(body, ''), message, ...end });
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  if (message.thinking !== undefined)
    response.write(`${JSON.stringify({ ...lineOf(body, ''), message: { ...message, content: '' } })}\n`);
  for (const token of said) response.write(`${JSON.stringify(lineOf(body, token))}\n`);
  response.end(`${JSON.stringify({ ...lineOf(body, ''), ...end })}\n`);
}

function lineOf(body: ChatBody, content: string) {
  return {
    model: body.model,
    created_at: new Date().toISOString(),
    message: { role: 'assistant', content },
    done: false,
  };
}

export function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

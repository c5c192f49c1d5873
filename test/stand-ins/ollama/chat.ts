import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type ChatBody, checkOptions, option, Refusal, schemaOf } from './protocol.ts';
import type { RequestQueue } from './queue.ts';
import type { Reply } from './reply.ts';
import { promptTokens, tokenize } from './tokens.ts';

const defaultContext = 4096;

/** Answers one `/api/chat`. `nextReply` says what the model does with it; `gone` aborts when the client has left. */
export async function chat(
  body: ChatBody,
  nextReply: () => Reply,
  queue: RequestQueue,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  checkOptions(body);
  const schema = schemaOf(body);
  if (body.messages.length === 0)
    return send(response, 200, {
      ...lineOf(body, ''),
      done: true,
      done_reason: body.keep_alive === 0 ? 'unload' : 'load',
    });
  const context = option(body, 'num_ctx', defaultContext);
  const wanted = promptTokens(body.messages);
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
  const started = performance.now();
  try {
    if (reply.kind === 'hang') {
      await once(gone, 'abort');
      return;
    }
    await delay(reply.delayMs ?? 0, undefined, { signal: gone });
    if (reply.kind === 'runner-death') {
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
      { wanted, context, elapsedNs: Math.round((performance.now() - started) * 1e6) },
      response,
    );
  } finally {
    leave();
  }
}

/** Writes what the model says, cut where `num_predict` has it. */
function answer(
  body: ChatBody,
  reply: Extract<Reply, { kind: 'answer' }>,
  { wanted, context, elapsedNs }: { wanted: number; context: number; elapsedNs: number },
  response: ServerResponse,
): void {
  const inContent = reply.thinkingIn === 'content' && reply.thinking !== undefined;
  const json = JSON.stringify(reply.answer).replace(/^\{/, `{${' \n'.repeat(reply.blanks ?? 0)}`);
  const tokens = tokenize(inContent ? `<think>${reply.thinking}</think>\n${json}` : json);
  const limit = option(body, 'num_predict', -1);
  const isCut = limit >= 0 && tokens.length > limit;
  const said = isCut ? tokens.slice(0, limit) : tokens;
  const message = {
    role: 'assistant',
    content: said.join(''),
    ...(reply.thinking !== undefined && !inContent && { thinking: reply.thinking }),
  };
  const end = {
    done: true,
    done_reason: isCut ? 'length' : 'stop',
    total_duration: elapsedNs,
    load_duration: 1_000_000,
    prompt_eval_count: Math.min(wanted, context),
    prompt_eval_duration: Math.round(elapsedNs / 2),
    eval_count: said.length,
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

import type { ModelReply, ModelRequest, ReasoningModel } from './model.ts';

/** The model, with somebody told of each call when it is over. A wrapped one, not a copy: its limits and digest change. */
export function overheard(
  model: ReasoningModel,
  hear: (request: ModelRequest, reply: ModelReply) => void,
): ReasoningModel {
  return {
    get name() {
      return model.name;
    },
    get digest() {
      return model.digest;
    },
    get contextTokens() {
      return model.contextTokens;
    },
    prepare: (signal) => model.prepare(signal),
    async complete(request, signal) {
      const reply = await model.complete(request, signal);
      hear(request, reply);
      return reply;
    },
  };
}

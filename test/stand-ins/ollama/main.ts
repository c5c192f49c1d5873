import { parseArgs } from 'node:util';
import { sampleReply } from './sample-answer.ts';
import { startOllama } from './server.ts';

// node test/stand-ins/ollama/main.ts --port 11434 --model qwen3:8b --delay 5000
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '11434' },
    model: { type: 'string', default: 'qwen3:8b' },
    /** Milliseconds that each answer takes, and answers made at once. */
    delay: { type: 'string', default: '0' },
    parallel: { type: 'string', default: '2' },
  },
});

const ollama = await startOllama({
  port: Number(values.port),
  models: [values.model],
  parallel: Number(values.parallel),
  reply: sampleReply(Number(values.delay)),
});
process.stdout.write(`Ollama stand-in at ${ollama.url}, model ${values.model}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void ollama.close());

export { examine } from './examine.ts';
export { ollamaHealth } from './ollama.ts';

import type nunjucks from 'nunjucks';
import { templateEnvironment } from '../template-engine.ts';
import type { Language } from '../words/index.ts';

/** Names that the engine and JSON look for of their own accord, and the one that a view need not have. */
const looked = new Set(['feishu', 'toJSON', 'then', 'constructor', 'toString', 'valueOf', '__keywords']);

/** Names that the engine's own code asks for. */
const engineNames = new Set(['caller', 'loop']);

/** The value, with a name that it does not have being an error, and not an empty text. */
export function strict<T>(value: T, path: string): T {
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value, {
    get(target, name) {
      if (typeof name === 'string' && !(name in target) && !looked.has(name) && !Array.isArray(target))
        throw new Error(`unknown variable ${path}.${name}`);
      const part: unknown = Reflect.get(target, name);
      return typeof part === 'function' || typeof name === 'symbol' ? part : strict(part, `${path}.${name}`);
    },
  });
}

/** The engine of a language, to which a name that it does not know is an error. */
export function strictEnvironment(folder: string, language: Language): nunjucks.Environment {
  const env = templateEnvironment(folder, language);
  const globals: unknown = Reflect.get(env, 'globals');
  // The engine asks here for every name, and takes what is here only where the template has no such name itself.
  const watched = new Proxy(typeof globals === 'object' && globals !== null ? globals : {}, {
    has: () => true,
    get(target, name) {
      if (name in target) return Reflect.get(target, name);
      if (typeof name === 'string' && !engineNames.has(name)) throw new Error(`unknown variable ${name}`);
      return undefined;
    },
  });
  Reflect.set(env, 'globals', watched);
  return env;
}

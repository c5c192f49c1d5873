import { existsSync } from 'node:fs';
import type { z } from 'zod';
import { LogpatrolError } from '#shared/errors/index.ts';
import { CrossFieldView, crossFieldMistakes } from './cross-field.ts';
import { readEnvironment, type Setting, variableFor } from './environment.ts';
import { knownKeys } from './json-schema.ts';
import { type Mistake, mistakeText, type Path } from './mistake.ts';
import { type Config, ConfigSchema, defaultNames } from './schema.ts';
import { readSecretFiles } from './secret-files.ts';
import { readSource, type Source } from './source.ts';
import { closest } from './suggest.ts';

/** The file that is read where it exists and no other was named. */
const defaultConfigFile = 'logpatrol.yaml';

/**
 * The configuration: one YAML file (`file`, else `LOGPATROL_CONFIG`, else `./logpatrol.yaml` where there is one) and over it
 * the environment.
 *
 * @throws LogpatrolError `invalid-config` that lists every mistake, each on a line of its own with its place and path
 */
export async function loadConfig(options: { file?: string; env: NodeJS.ProcessEnv }): Promise<Config> {
  const named = options.file ?? (options.env.LOGPATROL_CONFIG || undefined);
  const file = named ?? (existsSync(defaultConfigFile) ? defaultConfigFile : undefined);
  const source = file === undefined ? undefined : readSource(file);
  const { settings, mistakes } = readEnvironment(options.env);
  mistakes.unshift(...(source?.mistakes ?? []));
  if (source !== undefined && source.mistakes.length > 0) throw invalid(mistakes);
  const raw = structuredClone(source?.data ?? {});
  for (const { path, message } of readSecretFiles(raw))
    mistakes.push({ where: source?.locate(path) ?? 'environment', path, message });
  if (isObject(raw)) for (const setting of settings) put(raw, setting);
  const parsed = ConfigSchema.safeParse(raw);
  if (!parsed.success) mistakes.push(...shapeMistakes(parsed.error, raw, source, settings));
  if (!parsed.success || mistakes.length > 0) throw invalid(mistakes);
  return parsed.data;
}

function invalid(mistakes: readonly Mistake[]): LogpatrolError {
  const [only, ...others] = mistakes.map(mistakeText);
  if (only !== undefined && others.length === 0)
    return new LogpatrolError('invalid-config', `the configuration is wrong: ${only}`);
  return new LogpatrolError(
    'invalid-config',
    [`the configuration has ${mistakes.length} mistakes:`, ...mistakes.map(mistakeText)].join('\n  '),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets a value, making the objects on its way; a channel that only the environment names gets its type. */
function put(raw: Record<string, unknown>, { path, value }: Setting): void {
  let target = raw;
  for (const key of path.slice(0, -1).map(String)) {
    target[key] ??= {};
    const next = target[key];
    // What is no object in the file is the schema's to complain of.
    if (!isObject(next)) return;
    target = next;
  }
  if (path[0] === 'channels') target.type ??= String(path[1]);
  target[String(path.at(-1))] = value;
}

function shapeMistakes(
  error: z.ZodError,
  raw: unknown,
  source: Source | undefined,
  settings: readonly Setting[],
): Mistake[] {
  const whereIs = (path: Path): string => {
    const setting = settings.find(({ path: set }) => set.every((key, index) => path[index] === key));
    if (setting !== undefined) return setting.variable;
    // What no file speaks of can be missing only because a variable next to it is set: the nearest one.
    const [near] = settings
      .map(({ variable, path: set }) => ({ variable, shared: sharedKeys(set, path) }))
      .filter(({ shared }) => shared > 0)
      .sort((one, other) => other.shared - one.shared);
    const isInFile = valueAt(source?.data, path.slice(0, Math.max(1, near?.shared ?? 1))) !== undefined;
    if (source !== undefined && isInFile) return source.locate(path);
    return near?.variable ?? source?.locate(path) ?? 'environment';
  };
  const mistake = (path: Path, message: string): Mistake => ({ where: whereIs(path), path, message });
  const found = error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) =>
        mistake([...issue.path, key], unknownKey(key, issue.path, valueAt(raw, issue.path))),
      );
    return [mistake(issue.path, wording(issue))];
  });
  // The schema looks at what must agree only once every part has its shape; all mistakes are told at once.
  const view = CrossFieldView.safeParse(raw);
  const crossed = view.success ? crossFieldMistakes(view.data, defaultNames) : [];
  const told = new Set(found.map(mistakeText));
  return [
    ...found,
    ...crossed
      .map(({ path, message }) => mistake(path, message))
      .filter((one) => !told.has(mistakeText(one))),
  ];
}

/** How many keys two paths have in common, from their beginning. */
function sharedKeys(one: Path, other: Path): number {
  const differs = one.findIndex((key, index) => key !== other[index]);
  return differs === -1 ? one.length : differs;
}

function valueAt(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const key of path)
    value = Array.isArray(value) ? value[Number(key)] : isObject(value) ? value[String(key)] : undefined;
  return value;
}

function unknownKey(key: string, path: Path, object: unknown): string {
  const keys = knownKeys(path, object);
  if (key === 'password' && keys.includes('passwordFile'))
    return 'passwords are not kept here; put it into a file and name that as passwordFile, or into an environment variable and name that as passwordEnv';
  const meant = closest(key, keys);
  return meant === undefined
    ? `there is no such setting; known here: ${keys.join(', ')}`
    : `there is no such setting; did you mean ${meant}?`;
}

function wording(issue: z.core.$ZodIssue): string {
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  if (missing) {
    const variable = variableFor(issue.path);
    return variable === undefined ? 'is missing' : `is missing (can be set by ${variable})`;
  }
  if (issue.code === 'invalid_key') return issue.issues.map((inner) => inner.message).join('; ');
  return issue.message.replace(/^Invalid input: /, '');
}

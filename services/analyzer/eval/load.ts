import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { readYaml, type YamlMistake } from '#shared/text/read-yaml.ts';
import { rateRule, Scenario } from './scenario.ts';

/** Folder of the scenarios that come with logpatrol, in a checkout and in the image alike. */
export const shippedScenarios = fileURLToPath(new URL('../../../test/scenarios', import.meta.url));

interface ScenarioMistake extends YamlMistake {
  readonly file: string;
}

/**
 * The scenarios of a folder's `*.yaml` files, by name.
 *
 * @throws LogpatrolError `unreadable-input` where the folder cannot be read or has none; `invalid-config` listing every mistake of
 * every file with file, line and field
 */
export async function loadScenarios(folder: string): Promise<Scenario[]> {
  const scenarios: Scenario[] = [];
  const mistakes: ScenarioMistake[] = [];
  for (const file of await scenarioFiles(folder)) {
    const reading = readYaml(await readFile(file, 'utf8'), Scenario);
    const add = (mistake: YamlMistake) => mistakes.push({ file, ...mistake });
    if (!reading.ok) {
      reading.mistakes.forEach(add);
      continue;
    }
    const scenario = reading.data;
    const ofFile = basename(file, '.yaml');
    if (scenario.name !== ofFile)
      add(reading.mistakeAt(['name'], `the file is named ${ofFile}.yaml; use its name`));
    if (scenario.rate === undefined && scenario.logs.length === 0)
      add(reading.mistakeAt([], 'give logs, or a rate'));
    if (scenario.rate !== undefined && scenario.about.rule !== rateRule(scenario.rate))
      add(reading.mistakeAt(['about', 'rule'], `the rate makes an incident of ${rateRule(scenario.rate)}`));
    scenarios.push(scenario);
  }
  if (mistakes.length > 0)
    throw new LogpatrolError(
      'invalid-config',
      `scenarios have ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${mistakes
        .map(
          ({ file, line, field, message }) =>
            `  ${file}:${line}: ${field === '' ? '' : `${field}: `}${message}`,
        )
        .join('\n')}`,
    );
  return scenarios;
}

async function scenarioFiles(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    throw new LogpatrolError(
      'unreadable-input',
      `cannot read scenarios at ${folder}: ${messageOf(error)}; name their folder with --scenarios`,
      { cause: error },
    );
  }
  const files = names.filter((name) => name.endsWith('.yaml')).sort();
  if (files.length === 0)
    throw new LogpatrolError('unreadable-input', `there is no scenario (*.yaml) in ${folder}`);
  return files.map((name) => join(folder, name));
}

import { basename, dirname } from 'node:path';
import { type History, Learner } from '../rates/index.ts';
import { standardInput } from './inputs.ts';
import { type ScanOptions, scanFiles } from './scan-files.ts';

export interface LearnOptions extends Omit<ScanOptions, 'watch' | 'isKnownGood'> {
  /** A history that is added to. */
  readonly into?: History | undefined;
}

/**
 * Learns from known-good logs what is usual. Files of one folder are one sample (the logs of one run of an application) where there are
 * several folders; else each file is one.
 *
 * @throws LogpatrolError `unreadable-input`
 */
export async function learnFiles(options: LearnOptions): Promise<History> {
  const learner = new Learner(options.into);
  let bytesBefore = 0;
  for (const { name, inputs } of samplesOf(options.inputs)) {
    let bytes = 0;
    const findings = await scanFiles({
      ...options,
      inputs,
      watch: learner,
      onProgress: (progress) => {
        ({ bytes } = progress);
        options.onProgress?.({ ...progress, bytes: bytesBefore + bytes, totalBytes: undefined });
      },
    });
    bytesBefore += bytes;
    learner.endSample(
      name,
      findings.map(({ rule, service, fingerprint, count }) => ({ rule, service, fingerprint, most: count })),
    );
  }
  return learner.history(options.now);
}

/** Which files belong together. */
function samplesOf(
  inputs: readonly string[],
): { readonly name: string; readonly inputs: readonly string[] }[] {
  const folders = Map.groupBy(inputs, (input) => (input === standardInput ? input : dirname(input)));
  if (folders.size <= 1) return inputs.map((input) => ({ name: input, inputs: [input] }));
  return [...folders].map(([folder, files]) => ({
    name: folder === standardInput ? folder : basename(folder),
    inputs: files,
  }));
}

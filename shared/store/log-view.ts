import { fieldOf } from '#shared/text/field.ts';
import { serviceOfFile } from '#shared/text/service-of-file.ts';

/** What is shown of a stored log line, whatever shape the shipper gave it. Fields that are absent are empty. */
export interface LogView {
  readonly host: string;
  readonly service: string;
  /** The line; where there is none (ndjson parsed by the shipper), the event itself as JSON. */
  readonly message: string;
}

/** Where an event may name its service, the first that does counts; as detection has it. */
export const serviceFields = [
  ['service', 'name'],
  ['fields', 'service'],
  ['container', 'name'],
  ['kubernetes', 'container', 'name'],
] as const;

/** Reads an ECS document of unknown quality. `service` is what it names (`serviceFields`), else what its file's name speaks of. */
export function viewOf(document: unknown): LogView {
  return {
    host: text(fieldOf(document, 'host', 'name')) ?? text(fieldOf(document, 'host')) ?? '',
    service: serviceOf(document),
    message:
      text(fieldOf(document, 'message')) ??
      text(fieldOf(document, 'event', 'original')) ??
      JSON.stringify(document),
  };
}

/** Where the line stood, as far as the shipper said so. */
export function placeOf(document: unknown): { file: string | undefined; offset: number | undefined } {
  const offset = fieldOf(document, 'log', 'offset');
  return {
    file: text(fieldOf(document, 'log', 'file', 'path')),
    offset: Number.isSafeInteger(offset) ? Number(offset) : undefined,
  };
}

function serviceOf(document: unknown): string {
  for (const path of serviceFields) {
    const named = text(fieldOf(document, ...path));
    if (named !== undefined && named !== '') return named;
  }
  const file = text(fieldOf(document, 'log', 'file', 'path'));
  return (file === undefined ? undefined : serviceOfFile(file)) ?? '';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

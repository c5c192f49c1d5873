import { fieldOf } from '#shared/text/field.ts';

/** What is shown of a stored log line, whatever shape the shipper gave it. Fields that are absent are empty. */
export interface LogView {
  readonly host: string;
  readonly service: string;
  /** The line; where there is none (ndjson parsed by the shipper), the event itself as JSON. */
  readonly message: string;
}

/** Reads an ECS document of unknown quality. `service` is `service.name`, else the shipper's `fields.service`. */
export function viewOf(document: unknown): LogView {
  return {
    host: text(fieldOf(document, 'host', 'name')) ?? text(fieldOf(document, 'host')) ?? '',
    service: text(fieldOf(document, 'service', 'name')) ?? text(fieldOf(document, 'fields', 'service')) ?? '',
    message:
      text(fieldOf(document, 'message')) ??
      text(fieldOf(document, 'event', 'original')) ??
      JSON.stringify(document),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

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
    host: text(at(document, 'host', 'name')) ?? text(at(document, 'host')) ?? '',
    service: text(at(document, 'service', 'name')) ?? text(at(document, 'fields', 'service')) ?? '',
    message:
      text(at(document, 'message')) ?? text(at(document, 'event', 'original')) ?? JSON.stringify(document),
  };
}

function at(document: unknown, ...path: readonly string[]): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

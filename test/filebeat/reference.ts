/**
 * The options that Filebeat 8 and 9 know, as far as filebeat.yml could use them: it passes over a name that it does not know without
 * a word. From the pages of its reference (filestream, journald, udp, tcp inputs, Kafka output, processors, queue, HTTP endpoint) and
 * the structures that it reads its configuration into.
 */
const common = ['type', 'id', 'enabled', 'tags', 'fields.log_type', 'fields.service', 'keep_null', 'index'];

export const inputOptions: Readonly<Record<string, readonly string[]>> = {
  filestream: [
    ...common,
    'paths',
    'encoding',
    'exclude_lines',
    'include_lines',
    'buffer_size',
    'message_max_bytes',
    'ignore_older',
    'ignore_inactive',
    'clean_inactive',
    'clean_removed',
    'harvester_limit',
    'backoff.init',
    'backoff.max',
    'close.on_state_change.inactive',
    'close.on_state_change.removed',
    'close.on_state_change.renamed',
    'close.reader.after_interval',
    'close.reader.on_eof',
    'file_identity.native',
    'file_identity.fingerprint',
    'prospector.scanner.check_interval',
    'prospector.scanner.exclude_files',
    'prospector.scanner.fingerprint.enabled',
    'prospector.scanner.fingerprint.length',
    'prospector.scanner.symlinks',
    'prospector.scanner.resend_on_touch',
  ],
  journald: [...common, 'paths', 'seek', 'since', 'units', 'transports', 'facilities', 'syslog_identifiers'],
  udp: [...common, 'host', 'max_message_size', 'read_buffer', 'timeout', 'network'],
  tcp: [
    ...common,
    'host',
    'max_message_size',
    'max_connections',
    'framing',
    'line_delimiter',
    'timeout',
    'network',
  ],
};

export const parserOptions: Readonly<Record<string, readonly string[]>> = {
  container: ['stream', 'format'],
  multiline: ['type', 'pattern', 'negate', 'match', 'max_lines', 'timeout', 'flush_pattern', 'skip_newline'],
  ndjson: [
    'target',
    'overwrite_keys',
    'expand_keys',
    'add_error_key',
    'message_key',
    'document_id',
    'ignore_decoding_error',
  ],
};

const optional = ['ignore_missing', 'fail_on_error', 'when'];
export const processorOptions: Readonly<Record<string, readonly string[]>> = {
  add_fields: ['target', 'fields.file.path'],
  add_id: ['target_field', 'type'],
  add_kubernetes_metadata: [
    'node',
    'host',
    'kube_config',
    'scope',
    'namespace',
    'default_indexers.enabled',
    'default_matchers.enabled',
    'matchers',
    'indexers',
  ],
  copy_fields: ['fields', 'ignore_missing', 'fail_on_error'],
  drop_fields: ['fields', 'ignore_missing', 'when'],
  fingerprint: ['fields', 'target_field', 'method', 'encoding', 'ignore_missing'],
  truncate_fields: ['fields', 'max_bytes', 'max_characters', ...optional],
};

/** Everything outside of inputs and processors. */
export const topOptions: readonly string[] = [
  'filebeat.config.inputs.enabled',
  'filebeat.config.inputs.path',
  'filebeat.config.inputs.reload.enabled',
  'name',
  'output.kafka.hosts',
  'output.kafka.version',
  'output.kafka.topic',
  'output.kafka.key',
  'output.kafka.partition.hash.hash',
  'output.kafka.partition.hash.random',
  'output.kafka.required_acks',
  'output.kafka.compression',
  'output.kafka.max_message_bytes',
  'output.kafka.bulk_max_size',
  'output.kafka.client_id',
  'output.kafka.ssl.enabled',
  'output.kafka.ssl.certificate_authorities',
  'output.kafka.username',
  'output.kafka.password',
  'output.kafka.sasl.mechanism',
  'queue.mem.events',
  'queue.mem.flush.min_events',
  'queue.mem.flush.timeout',
  'logging.level',
  'logging.to_stderr',
  'http.enabled',
  'http.host',
  'http.port',
];

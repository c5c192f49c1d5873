/**
 * Where the real servers of this test run are; `undefined` where there is none, and then what needs it is skipped. Given by
 * the user, or set by the global set-up when it has started a stack of its own.
 */
export function kafkaAddress(): string | undefined {
  return process.env.LOGPATROL_TEST_KAFKA || undefined;
}

/** An http URL. */
export function elasticsearchAddress(): string | undefined {
  return process.env.LOGPATROL_TEST_ELASTICSEARCH || undefined;
}

/**
 * Lines that tell of an error, in Kibana Query Language: by their level where they have one, else by their words. Levels are written
 * as programs write them, for the field is not analysed; words are found in any case.
 */
export const errorLines =
  'log.level: (error or ERROR or Error or err or critical or CRITICAL or crit or fatal or FATAL or alert or emerg) or (not log.level: * and message: (error or exception or fatal or panic))';

/** Findings that go on. */
export const goingOn = 'state: (open or acknowledged)';

/** Events that a BMC has logged. */
export const selEvents = 'event.dataset: ipmi.sel';

/** Lines that an ingest pipeline could not read; they are stored all the same. */
export const pipelineFailures = 'tags: (pipeline_failure or logpatrol_reduced)';

/** Messages that did not arrive, for now or for good. */
export const failedDeliveries = 'outcome: (retrying or dead)';

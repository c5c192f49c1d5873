/** Levels stand at the front; what looks like one further on belongs to the message. In characters. */
const lookAt = 120;

/** In capitals, or marked as a level. */
const level =
  /\b(TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|FATAL|CRIT(?:ICAL)?|SEVERE|EMERG(?:ENCY)?|ALERT|PANIC)\b|(?:\[|\b(?:level|lvl|severity)["']?[=:] ?["']?)(trace|debug|info|notice|warn(?:ing)?|err(?:or)?|fatal|crit(?:ical)?|severe|emerg(?:ency)?|alert|panic)\b/;
const bad = /^(?:err|fatal|crit|severe|emerg|alert|panic)/i;
const words =
  /\b(?:errors?|fatal|critical|panic|exception|segfault|traceback)\b|(?:Exception|Error)\b|错误|异常|严重|崩溃|致命/i;

/** The level that a line states, in lower case as it is written there (`warn`, `warning`, `err`, …); `undefined` where it has none. */
export function statedLevel(message: string): string | undefined {
  const found = level.exec(message.slice(0, lookAt));
  return (found?.[1] ?? found?.[2])?.toLowerCase();
}

/** Whether a line says of itself that it is an error or worse: by its level, and where it has none by its words. */
export function saysError(message: string): boolean {
  const stated = statedLevel(message);
  return stated === undefined ? words.test(message.slice(0, 1024)) : bad.test(stated);
}

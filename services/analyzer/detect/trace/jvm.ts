import { exceptionHead } from '#shared/text/exception-head.ts';
import { type Frame, type ReadTrace, traceOf } from './trace.ts';

const frameLine =
  /^\s+at ([^\s(]{1,400})\((?:[\w$-]{1,200}\.(?:java|kt|kts|scala|groovy|clj)|Native Method|Unknown Source|SourceFile|<generated>)(?::\d{1,7})?\)/;
const causeLine = /^(\s*)Caused by: ([\w.$]{1,300})(?:: ?(.*))?/;
const suppressedLine = /^\s*Suppressed: /;
const moreLine = /^\s+\.\.\. (\d{1,5}) (?:more|common frames omitted)/;
/** A type within a line, as `Exception in thread "main" java.lang.X: message` has it. */
const typeWithin =
  /(?:^|[\s(])((?:[\w$]{1,80}\.){1,12}[\w$]{0,120}(?:Exception|Error|Throwable|Failure))(?:: ?(.*)|\s|$)/;

/** `java.base@21/`, `app//`: which module the class was loaded from. */
const module = /^(?:[\w.@-]{0,80}\/){1,2}/;
/** What the JVM, CGLIB, javac and Kotlin generate: with numbers that change from start to start. */
const generated =
  /\$\$(?:Lambda|EnhancerBy|FastClassBy|SpringCGLIB)|\$Proxy\d|\.Generated\w{0,40}Accessor|\.\$Proxy/;

const platform =
  /^(?:java|javax|jdk|sun|com\.sun|kotlin|kotlinx|scala|groovy|org\.codehaus\.groovy|clojure)\./;
const library =
  /^(?:org\.(?:springframework|apache|hibernate|eclipse|jboss|postgresql|mybatis|aspectj|slf4j|junit|glassfish)|com\.(?:mysql|zaxxer|fasterxml|google\.common|alibaba\.(?:druid|dubbo|fastjson2?|nacos)|netflix|microsoft|oracle)|io\.(?:netty|undertow|grpc|lettuce|vertx|micrometer|reactivex|quarkus|micronaut)|jakarta|reactor|feign|okhttp3|retrofit2|redis\.clients|rx|akka|ch\.qos\.logback|net\.sf\.cglib)\./;

/** True where the line is a frame as the JVM prints it. */
export function isJvmFrame(line: string): boolean {
  return frameLine.test(line);
}

/**
 * The root is the last `Caused by` of the trace itself, not of a suppressed exception in it, whose lines stand further in. Its frames
 * end with `... n more`, which are the last n of the exception that it caused.
 */
export function readJvmTrace(lines: readonly string[]): ReadTrace | undefined {
  const first = lines.findIndex(isJvmFrame);
  if (first === -1) return undefined;
  const indent = indentOf(lines[first]);
  let head = headAbove(lines, first);
  let stack: Frame[] = [];
  let around: readonly Frame[] = [];
  for (const line of lines.slice(first)) {
    if (suppressedLine.test(line)) continue;
    const cause = causeLine.exec(line);
    if (cause !== null && indentOf(line) < indent) {
      head = { exception: cause[2] ?? '', message: cause[3] ?? '' };
      around = stack;
      stack = [];
      continue;
    }
    // Of a suppressed exception, or of its cause.
    if (indentOf(line) !== indent) continue;
    const more = moreLine.exec(line);
    if (more !== null) stack.push(...around.slice(-Number(more[1])));
    const found = frameLine.exec(line);
    if (found !== null) stack.push(frameOf(found[1] ?? ''));
  }
  return head === undefined
    ? undefined
    : traceOf('java', { ...head, exception: typeOf(head.exception) }, stack);
}

function headAbove(
  lines: readonly string[],
  first: number,
): { exception: string; message: string } | undefined {
  const above = lines.slice(0, first).reverse();
  for (const line of above) {
    const exception = exceptionHead(line);
    if (exception !== undefined)
      return { exception, message: line.slice(exception.length).replace(/^:? ?/, '') };
  }
  for (const line of above) {
    const found = typeWithin.exec(line);
    if (found !== null) return { exception: found[1] ?? '', message: found[2] ?? '' };
  }
  return undefined;
}

function frameOf(call: string): Frame {
  const name = call
    .replace(/\$\$Lambda[$\w/]*/, '$$$$Lambda')
    .replace(module, '')
    .replace(/\$\$(EnhancerBy|FastClassBy)\w*?CGLIB\$\$\w+/, '$$$$$1CGLIB')
    .replace(/\blambda\$(\w+?)\$\d+/, 'lambda$$$1');
  return { name, owner: ownerOf(name) };
}

function ownerOf(name: string): Frame['owner'] {
  if (platform.test(name)) return 'platform';
  return library.test(name) || generated.test(name) ? 'library' : 'own';
}

function typeOf(name: string): string {
  return name.replace(/\$\$?Lambda.*$/, '');
}

function indentOf(line = ''): number {
  return line.length - line.trimStart().length;
}

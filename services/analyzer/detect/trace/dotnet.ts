import { exceptionHead } from '#shared/text/exception-head.ts';
import { type Frame, type ReadTrace, traceOf } from './trace.ts';

const frameLine = /^\s+at ([^\s(][^(]{0,400})\([^)]{0,2000}\)(?: in .{1,1000}:line \d{1,7})?\s*$/;
/** ` ---> System.IO.IOException: message`, on a line of its own or behind the outer exception's message. */
const inner =
  / ?---> (?:\(Inner Exception #\d{1,4}\) )?([A-Za-z_][\w.`+]{1,300})(?: \([^)]{1,80}\))?(?:: ?(.*))?$/;
const platform = /^(?:System|Microsoft|Interop|Internal)\./;
const library =
  /^(?:Newtonsoft|Npgsql|MySqlConnector|MySql|StackExchange|Dapper|Serilog|Polly|Grpc|MassTransit|AutoMapper|MediatR|Castle|RabbitMQ|Confluent)\./;

/** True where the line is a frame as .NET prints it. */
export function isDotnetFrame(line: string): boolean {
  return frameLine.test(line);
}

/**
 * The root is the innermost of the exceptions named above the first frame. Its frames come first, then, behind `--- End of inner
 * exception stack trace ---`, those of the exceptions around it.
 */
export function readDotnetTrace(lines: readonly string[]): ReadTrace | undefined {
  const first = lines.findIndex(isDotnetFrame);
  if (first === -1) return undefined;
  const above = lines.slice(0, first);
  const head = innermost(above) ?? outermost(above);
  if (head === undefined) return undefined;
  const stack = lines.slice(first).flatMap((line) => {
    const found = frameLine.exec(line);
    return found === null ? [] : [frameOf(found[1] ?? '')];
  });
  return traceOf('dotnet', head, stack);
}

function innermost(lines: readonly string[]) {
  for (const line of lines.toReversed()) {
    // Several in a row stand in one line where the messages have no line ends.
    const found = inner.exec(line.slice(Math.max(0, line.lastIndexOf('---> '))));
    if (found !== null) return { exception: found[1] ?? '', message: found[2] ?? '' };
  }
  return undefined;
}

function outermost(lines: readonly string[]) {
  for (const line of lines.toReversed()) {
    const exception =
      exceptionHead(line) ?? /([A-Za-z_][\w.]{0,300}(?:Exception|Error))(?=:| \(0x)/.exec(line)?.[1];
    if (exception === undefined) continue;
    const behind = line.slice(line.indexOf(exception) + exception.length);
    return { exception, message: behind.replace(/^(?: \([^)]{1,80}\))?:? ?/, '') };
  }
  return undefined;
}

/** Methods that the compiler made of `async`, iterators and lambdas are called by the name of the method that they come from. */
function frameOf(call: string): Frame {
  const name = call
    .replace(/\.<(\w{1,200})>d__\d{1,6}(?:`\d)?\.MoveNext$/, '.$1')
    .replace(/\.<>c(?:__DisplayClass\w{1,40})?(?:`\d)?\.<(\w{1,200})>b__\w{1,40}$/, '.$1')
    .replace(/<(\w{1,200})>[bg]__\w{1,200}(?:\|\w{1,40})?/, '$1')
    .replace(/\[[^\]]{0,200}\]$/, '');
  return {
    name,
    owner: platform.test(name) ? 'platform' : library.test(name) ? 'library' : 'own',
  };
}

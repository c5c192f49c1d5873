import { exceptionHead } from '#shared/text/exception-head.ts';
import { isDotnetFrame, readDotnetTrace } from './trace/dotnet.ts';
import { readGoTrace } from './trace/go.ts';
import { isJvmFrame, readJvmTrace } from './trace/jvm.ts';
import { isNodeFrame, readNodeTrace } from './trace/node.ts';
import { readPythonTrace } from './trace/python.ts';
import type { ReadTrace, Trace } from './trace/trace.ts';

export type { Trace, TraceLanguage } from './trace/trace.ts';

/** Lines of a trace that are looked at, and characters of each. */
const maxLines = 600;
const maxLine = 2000;

/**
 * What a stack trace tells: its root exception and the first frame of the user's own code. The log line above, which a shipper may
 * have joined or not, makes no difference. `undefined` where the text is no trace of Java, Python, Node, Go or .NET.
 */
export function readTrace(text: string): Trace | undefined {
  const read = traceIn(text);
  if (read === undefined) return undefined;
  const { signature: _, ...trace } = read;
  return trace;
}

/**
 * What stays the same of a stack trace wherever its failure happens again: without line numbers, messages, ids, versions, and the
 * folders of a deployment. `undefined` where the text is no trace.
 */
export function traceSignature(text: string): string | undefined {
  return traceIn(text)?.signature;
}

/**
 * The line that tells of the failure, of a text that is no trace: the exception's head where it stands below a log line, for it is
 * the same whether a shipper has joined the two or not; else the first line.
 */
export function tellingLine(text: string): string {
  if (!text.includes('\n')) return text;
  const lines = text.split('\n', maxLines);
  return lines.find((line) => exceptionHead(line) !== undefined) ?? lines[0] ?? '';
}

function traceIn(text: string): ReadTrace | undefined {
  if (!text.includes('\n')) return undefined;
  const lines = text.split('\n', maxLines).map((line) => line.slice(0, maxLine));
  return readPythonTrace(lines) ?? readGoTrace(lines) ?? framesIn(lines);
}

/** The first frame tells whose it is: the JVM names a source file, V8 a line and a column, .NET the parameters. */
function framesIn(lines: readonly string[]): ReadTrace | undefined {
  for (const line of lines) {
    if (!/^\s+at /.test(line)) continue;
    if (isJvmFrame(line)) return readJvmTrace(lines);
    if (isNodeFrame(line)) return readNodeTrace(lines);
    if (isDotnetFrame(line)) return readDotnetTrace(lines);
  }
  return undefined;
}

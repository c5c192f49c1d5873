import { describe, expect, it } from 'vitest';
import { createLineJoiner, isContinuation, type LineJoinerOptions } from './multiline.ts';

const wide = { maxBytes: 1 << 20, maxLines: 500 };

/** The events of a text: the lines of each, as the joiner sees them one after another. */
function events(text: string, options: LineJoinerOptions = wide): string[][] {
  const joiner = createLineJoiner(options);
  const found: string[][] = [];
  const bytes = Buffer.from(text, 'utf8');
  let start = 0;
  let eventStart = 0;
  for (const line of text.split('\n')) {
    const end = start + Buffer.byteLength(line);
    if (joiner.joins(bytes, start, end, eventStart)) found.at(-1)?.push(line);
    else {
      found.push([line]);
      eventStart = start;
    }
    start = end + 1;
  }
  return found;
}

/** Expects the traces to be one event each, with an ordinary line before, between and after them. */
function expectOneEventEach(...traces: string[]): void {
  const between = '2026-11-21 10:00:00 INFO ordinary line';
  const text = [between, ...traces.flatMap((trace) => [trace, between])].join('\n');
  const expected = [[between], ...traces.flatMap((trace) => [trace.split('\n'), [between]])];
  expect(events(text)).toEqual(expected);
}

describe('traces are joined', () => {
  it('Java, with causes, suppressed ones and locks', () => {
    expectOneEventEach(
      `java.lang.IllegalStateException: Order 7 failed
\tat com.acme.Orders.place(Orders.java:42)
\tat java.base/java.lang.Thread.run(Thread.java:1583) ~[?:?]
\tSuppressed: java.io.IOException: close
\t\tat com.acme.Orders.close(Orders.java:50)
\t\t... 1 more
\t- locked <0x00000000c0> (a java.lang.Object)
Caused by: java.net.ConnectException: Connection refused
\tat java.base/sun.nio.ch.Net.connect0(Native Method)
\t... 12 common frames omitted`,
      `2026-11-21 10:00:01 ERROR [main] Orders - failed
    at com.acme.Orders.place(Orders.java:42)
Caused by: java.lang.NullPointerException`,
    );
  });

  it('Python, chained and in groups', () => {
    expectOneEventEach(
      `Traceback (most recent call last):
  File "/app/a.py", line 3, in f
    return table[key]
           ~~~~~^^^^^
KeyError: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/a.py", line 9, in <module>
    f()
app.errors.f.<locals>.Failed: no x`,
      `Traceback (most recent call last):
  File "/app/a.py", line 3, in f
KeyboardInterrupt`,
      `  + Exception Group Traceback (most recent call last):
  |   File "/app/g.py", line 1, in <module>
  | ExceptionGroup: two (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | ValueError: 1
    +------------------------------------`,
    );
  });

  it('Python, where the log line itself ends in the head', () => {
    expectOneEventEach(
      `ERROR:root:failed Traceback (most recent call last):\n  File "a.py", line 1\nValueError: 1`,
    );
  });

  it('Node, with properties and a cause', () => {
    expectOneEventEach(
      `Error: connect ECONNREFUSED 127.0.0.1:5432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1634:16) {
  errno: -111,
  [cause]: Error: inner
      at main (file:///app/x.js:3:9)
}`,
    );
  });

  it('Go, a panic and a dump of goroutines', () => {
    expectOneEventEach(
      `panic: runtime error: invalid memory address or nil pointer dereference
\tpanic: again [recovered]
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4a]

goroutine 1 [running]:
main.(*Server).serve(0xc0000b4000, {0x1, 0x2})
\t/src/main.go:12 +0x1d
created by main.main in goroutine 1
\t/src/main.go:8 +0x25

goroutine 6 [chan receive, 2 minutes]:
...additional frames elided...
exit status 2`,
      `goroutine 18 [select]:
net/http.(*Transport).dialConn(0xc00, 0x1)
\t/usr/local/go/src/net/http/transport.go:1599 +0x3`,
    );
  });

  it('.NET, with inner exceptions', () => {
    expectOneEventEach(
      `Unhandled exception. System.InvalidOperationException: Outer
 ---> System.Data.SqlException: Timeout expired
   at Acme.Db.Open() in /src/Db.cs:line 10
   --- End of inner exception stack trace ---
   at Acme.Program.Main()
--- End of stack trace from previous location ---
   at Acme.Program.Run()`,
    );
  });
});

describe('a head joins the line that announces it', () => {
  it.each([
    [
      'Java',
      '2026-11-21T01:47:06.007Z ERROR [worker-1] OrderService - cannot save order 1\njava.lang.OutOfMemoryError: Java heap space\n\tat com.example.shop.Orders.save(Orders.java:41)\nCaused by: java.io.IOException: x\n\t... 1 more',
    ],
    ['Java, a warning', '10:00 WARN again\norg.acme.Api$SlowException\n\tat a.B.c(B.java:1)'],
    ['Java, without frames', '10:00 ERROR failed\njava.io.IOException: Broken pipe'],
    ['java.util.logging', 'SEVERE: failed\njava.io.IOException: Broken pipe\n\tat a.B.c(B.java:1)'],
    [
      'Spring Boot',
      '10:00 ERROR 1 --- [nio-1] o.a.C : Servlet.service() threw\n\njava.lang.NullPointerException: null\n\tat a.B.c(B.java:1)',
    ],
    [
      'Python',
      'ERROR:root:failed\nTraceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File "a.py", line 2, in g\nValueError: 2',
    ],
    [
      'Django',
      'Internal Server Error: /orders\nTraceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1',
    ],
    [
      'a thread of Python',
      'Exception in thread Thread-1 (f):\nTraceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1',
    ],
    [
      'an exception group',
      'ERROR:    Exception in ASGI application\n  + Exception Group Traceback (most recent call last):\n  | ExceptionGroup: two',
    ],
    ['Node', '10:00 error: cannot save\nTypeError [ERR_INVALID_ARG_TYPE]: x\n    at f (x.js:1:2)'],
    [
      '.NET',
      '10:00 [ERR] cannot save\nNpgsql.PostgresException (0x80004005): 42P01: x\n   at A.B() in /a.cs:line 1',
    ],
    ['Chinese', '10:00 保存订单失败\njava.io.IOException: x\n\tat a.B.c(B.java:1)'],
    [
      'net/http of Go',
      '10:00 http: panic serving 127.0.0.1:1: boom\ngoroutine 5 [running]:\nmain.f(0x1)\n\t/a.go:1 +0x1',
    ],
    [
      'logrus of Go',
      'level=panic msg=boom\npanic: boom\n\ngoroutine 1 [running]:\nmain.f(0x1)\n\t/a.go:1 +0x1',
    ],
  ])('of %s', (_name, text) => {
    expectOneEventEach(text, text);
  });
});

describe('nothing else is', () => {
  it.each([
    ['indented lines outside a trace', ['{', '  "a": 1,', '  "b": 2', '}']],
    [
      'words that only begin like a frame',
      ['x', ' attention', 'Caused by nothing', '  ...and so on', 'attic'],
    ],
    ['heads in a row', ['java.io.IOException: a', 'java.io.IOException: b', 'TypeError: c', 'a.b.C$DError']],
    [
      'a head below a line that tells of no failure',
      ['Starting backup', 'java.io.IOException: Broken pipe', 'Done', 'Traceback (most recent call last):'],
    ],
    [
      'lines that only begin like a head',
      ['10:00 ERROR failed', 'Errors: 3', 'onError: x', 'ErrorHandler: x', 'An Error: x', 'app.errors: x'],
    ],
    ['a log line that ends in a head', ['ERROR a', 'ERROR:root:b Traceback (most recent call last):']],
    ['what a panic does not announce', ['10:00 ERROR failed', 'panic: boom', 'fatal error: all asleep']],
    ['goroutines below an error', ['10:00 ERROR failed', 'goroutine 5 [running]:']],
    ['lines of goroutine programs outside a dump', ['goroutine pool started', 'main.main()', '\ttab']],
    ['a panic in words', ['panic: it broke', 'next (line)']],
  ])('%s', (_name, lines) => {
    expect(events(lines.join('\n'))).toEqual(lines.map((line) => [line]));
  });

  it('a head that is two empty lines below', () => {
    expect(events('10:00 ERROR failed\n\n\njava.io.IOException: x')).toEqual([
      ['10:00 ERROR failed', ''],
      [''],
      ['java.io.IOException: x'],
    ]);
  });

  it('further heads, nor another trace', () => {
    const first = ['10:00 ERROR failed', 'java.io.IOException: x'];
    const frame = '\tat a.B.c(B.java:1)';
    expect(events([...first, 'java.io.IOException: y', frame, 'java.io.IOException: z'].join('\n'))).toEqual([
      first,
      ['java.io.IOException: y', frame],
      ['java.io.IOException: z'],
    ]);
  });

  it('a line that follows a traceback cut off before its last line', () => {
    expect(
      events('Traceback (most recent call last):\n  File "a.py", line 1\n2026-11-21 started\nKeyError: 1'),
    ).toHaveLength(3);
  });

  it('lines after the end of a Python traceback', () => {
    const trace = ['Traceback (most recent call last):', '  File "a.py", line 1', 'KeyError: 1'];
    expect(events([...trace, '  indented', 'KeyError: 1'].join('\n'))).toEqual([
      trace,
      ['  indented'],
      ['KeyError: 1'],
    ]);
  });
});

describe('events are bounded', () => {
  const frames = Array.from({ length: 100 }, (_, index) => `\tat a.B.c(B.java:${index})`);

  it('by lines, losing none', () => {
    const found = events(['head', ...frames].join('\n'), { maxBytes: 1 << 20, maxLines: 40 });
    expect(found.map((event) => event.length)).toEqual([40, 40, 21]);
  });

  it('also where a head would go beyond the bound', () => {
    const lines = ['10:00 ERROR failed', 'java.io.IOException: x', '\tat a.B.c(B.java:1)'];
    expect(events(lines.join('\n'), { maxBytes: 1000, maxLines: 1 })).toEqual(lines.map((line) => [line]));
    expect(events(lines.join('\n'), { maxBytes: 45, maxLines: 9 })).toEqual([
      lines.slice(0, 2),
      lines.slice(2),
    ]);
  });

  it('by bytes, losing none', () => {
    const found = events(['head', ...frames].join('\n'), { maxBytes: 200, maxLines: 1000 });
    expect(found.flat()).toEqual(['head', ...frames]);
    for (const event of found) expect(event.join('\n').length).toBeLessThanOrEqual(200);
  });
});

it('looks at the given range alone', () => {
  const bytes = Buffer.from('xx\tat a.B.c(B.java:1)\nCaused by: z');
  expect(isContinuation(bytes, 2, 21)).toBe(true);
  expect(isContinuation(bytes, 0, 21)).toBe(false);
  expect(isContinuation(bytes, 2, 4)).toBe(false);
  expect(isContinuation(bytes, 22, bytes.length)).toBe(true);
});

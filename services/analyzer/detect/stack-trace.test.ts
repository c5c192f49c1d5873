import { describe, expect, it } from 'vitest';
import { readTrace, traceSignature } from './stack-trace.ts';

const java = `2026-11-21 00:00:01.123 ERROR 7 --- [nio-8080-exec-3] c.e.shop.Api : cannot save order 17
java.lang.IllegalStateException: cannot save order 17
\tat com.example.shop.Orders.save(Orders.java:31)
\tat com.example.shop.Orders$$Lambda$214/0x0000000800d1f440.accept(Unknown Source)
\tat com.example.shop.Api.post(Api.java:12)
\tat com.example.shop.Api$$EnhancerBySpringCGLIB$$3fa1b2c4.post(<generated>)
\tat java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(DirectMethodHandleAccessor.java:103)
\tat org.springframework.web.method.support.InvocableHandlerMethod.invokeForRequest(InvocableHandlerMethod.java:150)
\tSuppressed: java.io.IOException: cannot close
\t\tat com.example.shop.Stream.close(Stream.java:5)
\t\t... 12 common frames omitted
\tCaused by: java.lang.RuntimeException: of the suppressed
\t\tat com.example.shop.Pipe.close(Pipe.java:9)
Caused by: org.springframework.dao.DataAccessException: wrapped
\tat org.springframework.jdbc.core.JdbcTemplate.execute(JdbcTemplate.java:376)
\tat com.example.shop.Store.insert(Store.java:88)
\t... 4 more
Caused by: java.sql.SQLException: Duplicate entry '17' for key 'PRIMARY'
\tat com.mysql.cj.jdbc.ClientPreparedStatement.executeUpdate(ClientPreparedStatement.java:1061)
\tat java.base/java.util.Optional.orElseThrow(Optional.java:403)
\t... 5 more
`;

const python = `Traceback (most recent call last):
  File "/app/shop/store.py", line 31, in insert
    cursor.execute(sql)
  File "/usr/lib/python3.12/site-packages/psycopg/cursor.py", line 99, in execute
    raise ex
psycopg.errors.UniqueViolation: duplicate key 17
DETAIL:  Key (id)=(17) already exists.

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/shop/api.py", line 12, in post
    orders.save(order)
RuntimeError: cannot save order 17`;

const group = `  + Exception Group Traceback (most recent call last):
  |   File "/app/main.py", line 4, in main
  |     async with asyncio.TaskGroup() as group:
  |   File "/usr/lib/python3.12/asyncio/taskgroups.py", line 145, in __aexit__
  |     raise me from None
  | ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/app/work.py", line 9, in fetch
    |     return rows[3]
    | IndexError: list index out of range
    +---------------- 2 ----------------
    | Traceback (most recent call last):
    |   File "/app/work.py", line 20, in write
    |     out.write(3)
    | OSError: gone
    +------------------------------------`;

const node = `2026-11-21T00:00:01Z ERROR cannot save
Error: cannot save order 17
    at Orders.save [as handler] (/app/src/orders.js:31:9)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at async /app/src/api.js:12:3 {
  order: 17,
  [cause]: TypeError [ERR_INVALID_ARG_TYPE]: The "id" argument must be of type string. Received 17
      at new NodeError (node:internal/errors:405:5)
      at Client.query (/app/node_modules/pg/lib/client.js:526:17)
      at async Store.insert (file:///app/src/store.mjs:88:5) {
    code: 'ERR_INVALID_ARG_TYPE'
  }
}`;

const go = `2026/11/21 00:00:01 http: panic serving 10.0.0.9:51234: runtime error: index out of range [5] with length 3
goroutine 87 [running]:
net/http.(*conn).serve.func1()
\t/usr/local/go/src/net/http/server.go:1868 +0xb9
panic({0x6c1b20?, 0xc00012a018?})
\t/usr/local/go/src/runtime/panic.go:920 +0x270
encoding/json.(*Decoder).Decode(0xc000)
\t/usr/local/go/src/encoding/json/stream.go:63 +0x5
github.com/jackc/pgx/v5.(*Conn).Exec(0xc000)
\t/root/go/pkg/mod/github.com/jackc/pgx/v5@v5.5.0/conn.go:43 +0x5
example.com/shop/orders.(*Store).Save[...](0xc000128000, {0x1, 0x2})
\t/src/orders/store.go:31 +0x1d
main.main.func1()
\t/src/main.go:9 +0x12
created by net/http.(*Server).Serve in goroutine 1
\t/usr/local/go/src/net/http/server.go:3086 +0x5cb

goroutine 1 [IO wait]:
main.other(0x1)
\t/src/other.go:1 +0x1`;

const dotnet = `fail: Shop.Api[0] cannot save
System.InvalidOperationException: cannot save order 17
 ---> Acme.Shop.StoreException: store gave up
 ---> Npgsql.PostgresException (0x80004005): 23505: duplicate key 17
   at Npgsql.Internal.NpgsqlConnector.ReadMessage(Boolean async)
   at System.Runtime.CompilerServices.TaskAwaiter.GetResult()
   at Acme.Shop.Store.<InsertAsync>d__12.MoveNext() in /src/Store.cs:line 88
   --- End of inner exception stack trace ---
   at Acme.Shop.Orders.<>c__DisplayClass5_0.<Save>b__0(Order order) in /src/Orders.cs:line 31
   --- End of inner exception stack trace ---
   at Acme.Shop.Api.Post(Order order) in /src/Api.cs:line 12`;

describe('readTrace', () => {
  it.each([
    [
      'Java',
      java,
      {
        language: 'java',
        exception: 'java.sql.SQLException',
        message: "Duplicate entry '17' for key 'PRIMARY'",
        // The frames that a cause shares with what it caused are not printed again.
        frame: 'com.example.shop.Store.insert',
      },
    ],
    [
      'Python',
      python,
      {
        language: 'python',
        exception: 'psycopg.errors.UniqueViolation',
        message: 'duplicate key 17',
        frame: 'insert (store.py)',
      },
    ],
    [
      'a Python exception group',
      group,
      {
        language: 'python',
        exception: 'IndexError',
        message: 'list index out of range',
        frame: 'fetch (work.py)',
      },
    ],
    [
      'Node',
      node,
      {
        language: 'node',
        exception: 'TypeError [ERR_INVALID_ARG_TYPE]',
        message: 'The "id" argument must be of type string. Received 17',
        frame: 'Store.insert (store.mjs)',
      },
    ],
    [
      'Go',
      go,
      {
        language: 'go',
        exception: 'panic',
        message: 'runtime error: index out of range [5] with length 3',
        frame: 'example.com/shop/orders.(*Store).Save',
      },
    ],
    [
      '.NET',
      dotnet,
      {
        language: 'dotnet',
        exception: 'Npgsql.PostgresException',
        message: '23505: duplicate key 17',
        frame: 'Acme.Shop.Store.InsertAsync',
      },
    ],
  ])(
    'finds the root exception of %s, its message, and the first frame of one’s own code',
    (_, text, expected) => {
      expect(readTrace(text)).toMatchObject(expected);
    },
  );

  it.each([
    [
      'the first frame of a library, before those of the platform',
      'java.net.ConnectException: Connection refused\n\tat java.base/sun.nio.ch.Net.pollConnect(Native Method)\n\tat org.apache.hadoop.ipc.Client.call(Client.java:1472)',
      'org.apache.hadoop.ipc.Client.call',
    ],
    [
      'the first frame, where all are of the platform',
      'java.lang.OutOfMemoryError: Java heap space\n\tat java.base/java.util.Arrays.copyOf(Arrays.java:3537)\n\tat java.base/java.lang.Thread.run(Thread.java:840)',
      'java.util.Arrays.copyOf',
    ],
    [
      'Python’s',
      'Traceback (most recent call last):\n  File "/usr/lib/python3.12/threading.py", line 1, in run\n    x\n  File "/usr/lib/python3.12/ssl.py", line 2, in read\n    x\nOSError: gone',
      'read (ssl.py)',
    ],
    [
      'that of a cause without frames of one’s own, in Node',
      'Error: outer\n    at save (/app/a.js:1:2) {\n  [cause]: Error: connect ECONNREFUSED 10.0.0.1:5432\n      at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1607:16)\n}',
      'save (a.js)',
    ],
    [
      'below the panic, where Go prints the stack of the goroutine that caught it',
      'recovered: x\ngoroutine 9 [running]:\nruntime/debug.Stack()\n\t/usr/local/go/src/runtime/debug/stack.go:24 +0x5e\nmain.handler.func1()\n\t/src/h.go:9 +0x1\npanic({0x1, 0x2})\n\t/usr/local/go/src/runtime/panic.go:770 +0x1\nmain.(*Cart).total(...)\n\t/src/cart.go:5\nmain.handler(0x1)\n\t/src/h.go:12 +0x2',
      'main.(*Cart).total',
    ],
    [
      'of an exception on one line with its inner ones, in .NET',
      'System.AggregateException: One or more errors occurred. ---> System.Net.Http.HttpRequestException: refused\n   at System.Net.Http.HttpClient.Send()\n   at Acme.Api.Get() in C:\\src\\Api.cs:line 9',
      'Acme.Api.Get',
    ],
  ])('takes for the frame %s', (_, text, frame) => {
    expect(readTrace(text)?.frame).toBe(frame);
  });

  it.each([
    'one line: java.lang.X',
    'two\nlines',
    'Error: x\n  at the end of the day it broke',
    'a list:\n   at (nothing)',
    '',
  ])('takes for no trace: %s', (text) => {
    expect(readTrace(text)).toBeUndefined();
  });

  it('is bounded, and takes time linear in a hostile text', () => {
    const started = performance.now();
    for (const text of [
      `java.lang.X: ${'a'.repeat(100_000)}\n\tat ${'a.'.repeat(50_000)}b(B.java:1)`,
      `Error: x\n${'    at '.repeat(50_000)}`,
      `Error: x\n${'    at a (b c '.repeat(20_000)}`,
      `X: y\n${'   at a(b(c ---> ------>'.repeat(20_000)}`,
      `Traceback (most recent call last):\n${'  File "'.repeat(50_000)}`,
      `${'Caused by: a.b.C\n'.repeat(50_000)}\tat a.b(C.java:1)`,
      `panic: ${'1.'.repeat(50_000)}\ngoroutine 1 [running]:\n${'a('.repeat(50_000)}`,
      `${'a.'.repeat(50_000)}Exception\n   at A.B()`,
    ])
      for (const value of Object.values(readTrace(text) ?? {})) expect(value.length).toBeLessThanOrEqual(300);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('traceSignature', () => {
  /** What differs from one occurrence of a bug to the next. */
  const again: [string, string, [RegExp, string][]][] = [
    [
      'Java',
      java,
      [
        [/\.java:\d+/g, '.java:7'],
        [/\b17\b/g, '4711'],
        [/Lambda\$214\/0x0000000800d1f440/, 'Lambda$99/0x000000080abcdef0'],
        [/3fa1b2c4/, '0badc0de'],
        [/exec-3/, 'exec-9'],
      ],
    ],
    [
      'Python',
      python,
      [
        [/line \d+/g, 'line 7'],
        [/\b17\b/g, '4711'],
        [/\/app\//g, '/srv/releases/8/'],
      ],
    ],
    [
      'Node',
      node,
      [
        [/:\d+:\d+/g, ':7:7'],
        [/\b17\b/g, '4711'],
        [/\/app\//g, '/srv/releases/8/'],
      ],
    ],
    [
      'Go',
      go,
      [
        [/0x[0-9a-f]+/g, '0x77'],
        [/\.go:\d+/g, '.go:7'],
        [/goroutine 87/, 'goroutine 5'],
        [/\[5\] with length 3/, '[8] with length 8'],
      ],
    ],
    [
      '.NET',
      dotnet,
      [
        [/line \d+/g, 'line 7'],
        [/\b17\b/g, '4711'],
        [/d__12/, 'd__14'],
        [/Class5_0/, 'Class7_1'],
      ],
    ],
  ];

  it.each(again)(
    'of %s is the same at other lines, with other ids and other generated names',
    (_, text, changes) => {
      const other = changes.reduce((changed, [pattern, value]) => changed.replace(pattern, value), text);
      expect(other).not.toBe(text);
      expect(traceSignature(text)).toBeDefined();
      expect(traceSignature(other)).toBe(traceSignature(text));
    },
  );

  it.each([
    [
      'another root in Java',
      java,
      java.replace('Caused by: java.sql.SQLException', 'Caused by: java.sql.SQLTimeoutException'),
    ],
    ['another place in Java', java, java.replace('Store.insert', 'Store.update')],
    ['another root in Python', python, python.replace('UniqueViolation', 'ForeignKeyViolation')],
    ['another place in Python', python, python.replace('in insert', 'in update')],
    ['another cause in Node', node, node.replace('[cause]: TypeError', '[cause]: RangeError')],
    ['another place in Node', node, node.replace('Store.insert', 'Store.update')],
    ['another panic in Go', go, go.replace('index out of range [5] with length 3', 'integer divide by zero')],
    ['another place in Go', go, go.replace('(*Store).Save', '(*Store).Load')],
    ['another inner exception in .NET', dotnet, dotnet.replace('PostgresException', 'NpgsqlException')],
    ['another place in .NET', dotnet, dotnet.replace('<InsertAsync>', '<UpdateAsync>')],
  ])('is another for %s', (_, text, other) => {
    expect(other).not.toBe(text);
    expect(traceSignature(other)).not.toBe(traceSignature(text));
  });

  it('heeds neither what is suppressed nor what the failure was wrapped in', () => {
    expect(traceSignature(java.replace('Pipe.close', 'Other.close').replace('of the suppressed', 'x'))).toBe(
      traceSignature(java),
    );
    expect(
      traceSignature(java.replace('Suppressed: java.io.IOException', 'Suppressed: java.io.EOFException')),
    ).toBe(traceSignature(java));
    expect(traceSignature(python.replace('RuntimeError', 'ValueError'))).toBe(traceSignature(python));
  });
});

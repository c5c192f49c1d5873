import { describe, expect, it } from 'vitest';
import { findSensitive } from './find.ts';

/** The text with `‹kind value›` in the place of what is found. */
function marked(text: string): string {
  return findSensitive(text)
    .toReversed()
    .reduce(
      (left, { kind, start, end }) =>
        `${left.slice(0, start)}‹${kind} ${text.slice(start, end)}›${left.slice(end)}`,
      text,
    );
}

/** The same, with the marks that a test is written with taken out again. */
const plainOf = (text: string): string => text.replaceAll(/‹\w+ |›/g, '');

const pem = '-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----';
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_';

describe('secrets', () => {
  it.each([
    'login failed password=‹secret hunter2› user=bob',
    '{"password": "‹secret p@ss w\\"x›", "user":"x"}',
    '{\\"password\\":\\"‹secret hunter2›\\",\\"user\\":\\"bob\\"}',
    "db.password='‹secret p;w d›';",
    'spring.datasource.password: ‹secret Xy,›'.replace(',›', '›,'),
    'DB_PASSWORD=‹secret 123456›',
    'DB_PASS=‹secret abc1›',
    'Server=db;Uid=app;Pwd=‹secret s3cret›;Database=x',
    '<db:password>‹secret hunter2›</db:password>',
    '{"name":"DB_PASSWORD","value":"‹secret hunter2›"},{"name":"LEVEL","value":"info"}',
    'GET /login?user=bob&password=‹secret hunter2›&x=1',
    '--password ‹secret hunter2› --host db',
    '--password=‹secret hunter2›',
    'sshpass -p ‹secret hunter2› ssh app@db',
    'CONFIG SET requirepass "‹secret hunter2›"',
    'login failed for user admin with password ‹secret hunter2›',
    '密码为：‹secret hunter2›',
    'mysql -h db -uroot -p‹secret Hunter2› shop',
    "CREATE USER a IDENTIFIED BY '‹secret hun ter›'",
    'curl -u bob:‹secret hunter2› http://x',
    '用户登录失败，密码：‹secret abc123›，来源',
    '口令为‹secret Abc@123›。',
    '验证码：‹secret 482913›，5 分钟内有效',
    'connect to mysql://app:‹secret s3cret›@db:3306/x',
    'redis://:‹secret p@ss›@cache.example.com:6379',
    'https://‹secret abcdefghijklmnopqrst0123›@git.example.com/x',
    'Authorization: Bearer ‹secret abc.def.ghi1›',
    '{"authorization":["Basic ‹secret dXNlcjpwYXNz›"]}',
    'Authorization: Digest ‹secret username="bob", response="6629fae4"›',
    'header bearer ‹secret 0123456789abcdef›',
    'api_key=‹secret ABCDEFGHIJKL› next',
    'X-Api-Key: ‹secret 0a1b2c3d4e5f›',
    'access_token: "‹secret 550e8400-e29b-41d4-a716-446655440000›"',
    '{"refreshToken":"‹secret 8xLOxBtZp8›"}',
    'AccountKey=‹secret Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA==›;EndpointSuffix',
    'JSESSIONID=‹secret 0A1B2C3D4E5F60718293›',
    'session_id=‹secret k3j4h5k3j4h5›',
    'key ‹secret AKIAIOSFODNN7EXAMPLE› used',
    'aliyun ‹secret LTAI5tExampleKey0123456›',
    'google ‹secret AIzaSyA-0123456789abcdefghijklmnopqrstu›',
    'gitlab ‹secret glpat-abcdefghij0123456789›',
    'vault ‹secret hvs.CAESIJ0a9s8d7f6g5h4j3k2l1›',
    'github ‹secret ghp_abcdefghijklmnopqrst0123›',
    'dashscope ‹secret sk-0123456789abcdef0123456789abcdef›',
    'openai ‹secret sk-proj-Ab3dEf6hIj9kLm2nOp5q›',
    `jwt ‹secret ${jwt}›`,
    'a JWT cut short: ‹secret eyJhbGciOiJIUzI1NiJ9.eyJzdWIi›',
    'Cookie: ‹secret sid=1; theme=dark›',
    '{"cookie":"‹secret sid=1; a=2›","host":"x"}',
    `a\n‹secret ${pem}›\nb`,
    'key: ‹secret -----BEGIN PRIVATE KEY-----\\nMIIE›',
    '‹secret MIIEpAIBAAKCAQEA7bq0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHI›',
    'POST /open-apis/bot/v2/hook/‹secret 1234-abcd› 200',
    'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=‹secret 693a91f6-7xxx›',
    'https://oapi.dingtalk.com/robot/send?access_token=‹secret 0a1b2c3d4e5f›',
    'https://hooks.slack.com/services/‹secret T0/B0/xyz›',
    'https://bucket.example/x?Signature=‹secret vjbyPxybdZaNmGa%2ByT272YEAiv4%3D›&Expires=1',
  ])('%j', (expected) => {
    expect(marked(plainOf(expected))).toBe(expected);
  });

  it.each([
    'Unexpected token } in JSON',
    'Unexpected token: punctuation (in template)',
    'secretary of state: Bob',
    "Access denied for user 'a'@'b' (using password: YES)",
    'no requirepass is set, login with password authentication',
    'Failed password for invalid user admin from 10.0.0.1 port 22 ssh2',
    'password=null password: required, passwordPolicy=strict password_changed_at=2026-11-21T01:00:00Z',
    '密码：错误 密码错误，请重试',
    'PWD=/home/app OLDPWD=/root pwd: ~/x',
    'max_tokens=4096000 tokens: 123456789 token=-9223372036854775808',
    'Established session sessionid:0x14ed93111f2002f with timeout 10000',
    'bearer authentication failed, basic authentication required, authorization: denied',
    'invalid cookie: expired; SYN cookies: enabled',
    'secretName: my-tls-secret-2, secretKeyRef: db',
    'passing=12 compass=34 bypass: 5',
    'task-sk-frontend-7d4b9c6f5-x2x4z sk-worker-deployment-7d4b9c6f5-x2x4z',
  ])('leaves %j alone', (text) => {
    expect(marked(text)).toBe(text);
  });
});

describe('what says who somebody is', () => {
  it.each([
    'from <‹email zhang.san+x@mail.corp.example.cn›>, to ‹email bob@163.com›: sent',
    '邮箱‹email bob@example.com›，已注册',
    '手机号‹phone 13800138000›已注册',
    'user=‹phone 13912345678› login',
    '{"mobile":"‹phone 15912345678›"}',
    'userId: ‹phone 18612345678›',
    'sms sent to ‹phone +86 138-0013-8000›',
    'sms sent ‹phone 19912345678› at 2026-11-21 09:00:00',
    'call ‹phone (+86)13800138000› or ‹phone +1 (202) 555-0123› or ‹phone +442071838750›',
    '‹phone 0086 138 0013 8000›',
    '2026-11-21 09:00:00.123 ‹phone 13800138000› 登录',
    '身份证 ‹id 11010519491231002X›，姓名',
    'idcard=‹id 110105194912310011›',
    '‹id 110105 19491231 002X›',
    'passport no: ‹id E12345678› 护照号：‹id G1234567›'.replace('G1234567', 'EA1234567'),
    '卡号 ‹card 6222021234567890128› 支付失败',
    'pan=‹card 4111111111111111›',
    'card ‹card 4111 1111 1111 1111› and ‹card 3782-822463-10005›'.replace(
      '3782-822463-10005',
      '378282246310005',
    ),
  ])('%j', (expected) => {
    expect(marked(plainOf(expected))).toBe(expected);
  });

  it.each([
    // Chinese ids and cards with a wrong check digit, region or date.
    '110105194912310012 990105194912310021 110105194913310021',
    '4111111111111112 6222021234567890124',
    // Times, in seconds to nanoseconds.
    '1700000000 1700000000123 1700000000123456 1700000000123456789 2026-11-21T09:00:00.123456789+08:00',
    '081109 203615 148 INFO dfs.DataNode: blk_38865049064139660 blk_-1608999687919862906 terminating',
    'offset=13812345678 size: 16106127360 read 15032385536 bytes, took 13812345678 ns',
    '"offset":13812345678,"fileSize":15900001234,"traceId":"15912345678","xid":18612345678',
    'partition 3 at offset 15900001234; 偏移量 15900001234; id=13812345678',
    'log start offset was incremented to 15912345678, high watermark now 15912345679',
    '  12 15912345678 13812345678 18612345678 7',
    'trace_id=4111111111111111 span 4111111111111111 dd.trace_id: 6222021234567890123',
    'b9a3c1d2e4f560718293a4b5c6d7e8f9 550e8400-e29b-41d4-a716-446655440000 0x14f05578bd80001',
    'order-api-7d4b9c6f5-x2x4z web-13812345678 13812345678-abc v1.15912345678',
    '10.0.0.1:13800 192.168.1.254 fe80::1 nginx/1.25.3 2.6.32-431.el6.x86_64',
    '00:1B:44:11:3A:B7 R24-M0-N3-C:J11-U01 attempt_1445087491445_0005_m_000000_0',
    'java.lang.Object@6d06d69c getty@tty1.service akka.tcp://driver@host.example.com:48069/user',
    'git@github.com:org/repo.git lodash@4.17.21 pkg@1.0.0-beta.rc logo@2x.png hdfs/host@EXAMPLE.COM',
    'app@db.default.svc.cluster.local ssh://deploy@build.example.com',
    'progress +1234567 drift +0800 GMT+08:00 skew=+1234567890',
  ])('leaves %j alone', (text) => {
    expect(marked(text)).toBe(text);
  });
});

describe('time', () => {
  const pieces = [
    'password',
    'password=',
    'password="',
    'password=\\"',
    'token:',
    '-----BEGIN PRIVATE KEY-----',
    'a://',
    'a://b:c',
    'eyJ',
    'eyJaaaaaaaaaaaaaaaa.',
    'cookie:',
    'cookie: a=',
    'authorization: digest ',
    'mysql ',
    'mysql -',
    'a.',
    'a@',
    'a@b.',
    '@',
    '密码',
    '密码：',
    '1',
    '1 ',
    '+1 ',
    '+1 2 3 4 5 6 7 8 9 0 ',
    '13800138000 ',
    '+86 138-',
    '6222 0212 3456 ',
    '[EMAIL:abcdef]',
    '[EMAIL:',
    '--token ',
    'A',
    '\\',
    'passport ',
    '<token>',
    '<a',
    '"name":"token',
    '"name":',
  ];
  it.each(pieces)('is linear in a megabyte of %j', (piece) => {
    const time = (length: number) => {
      const text = piece.repeat(length / piece.length);
      const started = performance.now();
      findSensitive(text);
      return performance.now() - started;
    };
    time(10_000);
    const small = Math.max(1, time(100_000));
    expect(time(1_000_000)).toBeLessThan(60 * small + 500);
  });
});

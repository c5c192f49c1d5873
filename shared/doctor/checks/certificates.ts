import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { Config } from '#shared/config/index.ts';
import { messageOf } from '#shared/errors/index.ts';
import { certificatesIn, endOf } from '#shared/secrets/read-certificate.ts';
import type { Answer, Check } from '../check.ts';
import { seconds } from '../words.ts';

const day = 24 * 60 * 60_000;
const soonMs = 30 * day;
const patienceMs = 5_000;
const remedy = 'renew it: `logpatrol secrets renew DIR`, then start what uses it anew';

/** A certificate and when it ends, in milliseconds since the epoch. */
interface Found {
  readonly whose: string;
  readonly endsAt: number;
}

/** Whether a certificate in a file, or one that a server shows, ends within 30 days. */
export const certificatesCheck: Check = {
  name: 'certificates',
  part: 'machines',
  anchors: ['certificate'],
  async ask({ config, clock }) {
    const now = clock();
    const files = await Promise.all(filesOf(config).map(([setting, file]) => inFile(setting, file)));
    const servers = await Promise.all(
      serversOf(config).map(([whose, host, port]) => shownBy(whose, host, port)),
    );
    const found = [...files, ...servers].flat();
    const troubles = found.filter((each) => 'status' in each);
    const certificates = found.filter((each) => 'endsAt' in each);
    const name = 'certificates';
    const ending = certificates.filter(({ endsAt }) => endsAt - now < soonMs);
    if (troubles.length + ending.length === 0) {
      const first = certificates.toSorted((a, b) => a.endsAt - b.endsAt)[0];
      const detail =
        first === undefined
          ? 'none is used'
          : `${certificates.length} looked at; the first to end, ${first.whose}, does in ${seconds(first.endsAt - now)}`;
      return [{ name, status: 'ok', detail }];
    }
    return [
      ...troubles,
      ...ending.map(
        ({ whose, endsAt }): Answer => ({
          ...{ name: `certificate of ${whose}`, anchor: 'certificate', remedy },
          status: endsAt <= now ? 'bad' : 'warning',
          detail: endsAt <= now ? `ended ${seconds(now - endsAt)} ago` : `ends in ${seconds(endsAt - now)}`,
        }),
      ),
    ];
  },
};

function filesOf({ http, kafka, elasticsearch, kibana }: Config): [string, string][] {
  const files = {
    'http.tls.certificateFile': http.tls?.certificateFile,
    'kafka.caFile': kafka?.caFile,
    'elasticsearch.caFile': elasticsearch?.caFile,
    'kibana.caFile': kibana?.caFile,
  };
  return Object.entries(files).flatMap(([setting, file]): [string, string][] =>
    file === undefined ? [] : [[setting, file]],
  );
}

async function inFile(setting: string, file: string): Promise<(Answer | Found)[]> {
  try {
    return certificatesIn(await readFile(file, 'utf8')).map((one) => ({
      whose: `${one.subject.replaceAll('\n', ', ')} (${setting})`,
      endsAt: endOf(one),
    }));
  } catch (error) {
    return [
      {
        ...{ name: `certificate of ${setting}`, status: 'bad', anchor: 'certificate' },
        ...{ detail: `${file} cannot be read: ${messageOf(error)}`, remedy },
      },
    ];
  }
}

function serversOf({ kafka, elasticsearch, kibana }: Config): [string, string, number][] {
  const urls = [
    ['Elasticsearch', elasticsearch?.url],
    ['Kibana', kibana?.apiUrl ?? kibana?.url],
  ] as const;
  return [
    ...(kafka?.tls === true ? kafka.brokers : []).map((broker): [string, string, number] => {
      const at = broker.lastIndexOf(':');
      return [`Kafka ${broker}`, broker.slice(0, at), Number(broker.slice(at + 1))];
    }),
    ...urls.flatMap(([whose, text]): [string, string, number][] => {
      const url = text === undefined ? null : URL.parse(text);
      if (url?.protocol !== 'https:') return [];
      return [[`${whose} ${url.host}`, url.hostname.replace(/^\[|\]$/g, ''), Number(url.port || 443)]];
    }),
  ];
}

/** One that cannot be reached is told by the check of it. */
async function shownBy(whose: string, host: string, port: number): Promise<Found[]> {
  const { promise, resolve } = Promise.withResolvers<Found[]>();
  // Whether it is trusted is for who talks to it; here it is only looked at.
  const name = isIP(host) === 0 ? { servername: host } : {};
  const options = { host, port, ...name, rejectUnauthorized: false, timeout: patienceMs };
  const socket = connect(options, () => {
    const endsAt = Date.parse(socket.getPeerCertificate().valid_to);
    resolve(Number.isNaN(endsAt) ? [] : [{ whose, endsAt }]);
  });
  socket.on('error', () => resolve([]));
  socket.on('timeout', () => resolve([]));
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

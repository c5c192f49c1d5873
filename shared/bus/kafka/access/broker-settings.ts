import kafkajs, { type Admin } from 'kafkajs';

/** What a broker says of how it lets others in. */
export interface BrokerSettings {
  readonly broker: string;
  readonly authorizer: string;
  readonly allowsWithoutRule: boolean;
  readonly superUsers: readonly string[];
  /** Security protocol by listener: `CLIENTS` → `SASL_SSL`. Without those of controllers. */
  readonly listeners: ReadonlyMap<string, string>;
}

/** Asks each broker; undefined of one that does not say. @throws what kafkajs throws */
export async function readBrokerSettings(admin: Admin): Promise<BrokerSettings[]> {
  const { brokers } = await admin.describeCluster();
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: brokers.map(({ nodeId }) => ({
      type: kafkajs.ConfigResourceTypes.BROKER,
      name: String(nodeId),
    })),
  });
  return resources.map(({ resourceName, configEntries }) => {
    const setting = (name: string): string =>
      configEntries.find(({ configName }) => configName === name)?.configValue ?? '';
    return {
      broker: resourceName,
      authorizer: setting('authorizer.class.name'),
      allowsWithoutRule: setting('allow.everyone.if.no.acl.found') === 'true',
      superUsers: setting('super.users')
        .split(';')
        .filter((name) => name !== ''),
      listeners: listenersOf(setting('listeners'), setting('listener.security.protocol.map')),
    };
  });
}

/**
 * @param listeners as in `CLIENTS://:9092,BROKER://localhost:9095`
 * @param protocols as in `CLIENTS:SASL_SSL,BROKER:SSL`
 */
export function listenersOf(listeners: string, protocols: string): Map<string, string> {
  const known = new Map(
    protocols.split(',').map((pair) => {
      const [name = '', protocol = ''] = pair.trim().split(':');
      return [name, protocol] as const;
    }),
  );
  return new Map(
    listeners
      .split(',')
      .map((listener) => listener.trim().split('://')[0] ?? '')
      .filter((name) => name !== '')
      .map((name) => [name, known.get(name) ?? name]),
  );
}

/** The `server.properties` of a development broker: one node that is broker and controller, on 127.0.0.1 only, `dir` its storage. */
export const kafkaProperties = ({
  dir,
  port,
  controllerPort,
  advertisedPort = port,
  ownProperties = {},
}: {
  dir: string;
  port: number;
  controllerPort: number;
  /** Where clients are sent to, when something stands in between. */
  advertisedPort?: number;
  /** Instead of or beside these. */
  ownProperties?: Record<string, string>;
}): string =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `BROKER://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `BROKER://127.0.0.1:${advertisedPort}`,
    'inter.broker.listener.name': 'BROKER',
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': dir,

    // Topics are made by the services, with their partition count; kept for good unless a topic says otherwise.
    'auto.create.topics.enable': false,
    'log.retention.ms': -1,

    // A single node has nobody to replicate to.
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 4,

    // Groups form at once, and members that died are missed soon.
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 2000,

    // A broker that was killed may not register again before its old session has ended (9 s by default).
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,

    // 128 MB by default, a quarter of this small heap.
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    ...ownProperties,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

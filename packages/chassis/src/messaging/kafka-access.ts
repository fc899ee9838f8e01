import type { z } from 'zod';
import type { brokerEnv, CamelCased } from '../config';

/** Where Kafka is, and who we are there. */
export interface KafkaAccess {
  brokers: string[];
  /** Put before the name of every topic and group, so that installations and tests can share a cluster. */
  topicPrefix: string;
  /** PEM texts; all of them may be missing. */
  tls?: { ca?: string; cert?: string; key?: string };
  sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string };
}

type BrokerEnv = z.infer<z.ZodObject<typeof brokerEnv>>;
type BrokerConfig = CamelCased<BrokerEnv>;
/** A configuration with `brokerEnv`; tests leave out what they do not need. */
export type KafkaConfig = Pick<BrokerConfig, 'kafkaBrokers' | 'topicPrefix'> & Partial<BrokerConfig>;

/** For `superRefine` of a schema with `brokerEnv`: what only makes sense together. */
export function kafkaIsWhole(env: Omit<BrokerEnv, 'KAFKA_BROKERS'>, context: z.RefinementCtx): void {
  const fault = (message: string) => context.addIssue({ code: 'custom', message });
  const files = ['KAFKA_CA_FILE', 'KAFKA_CERT_FILE', 'KAFKA_KEY_FILE'] as const;
  const lone = files.find((name) => env[name] !== undefined);
  if (lone && !env.KAFKA_TLS) fault(`${lone} needs KAFKA_TLS=true`);
  if ((env.KAFKA_CERT_FILE === undefined) !== (env.KAFKA_KEY_FILE === undefined))
    fault('KAFKA_CERT_FILE and KAFKA_KEY_FILE must be given together');
  const sasl = [env.KAFKA_SASL_MECHANISM, env.KAFKA_SASL_USERNAME, env.KAFKA_SASL_PASSWORD];
  if (new Set(sasl.map((value) => value === undefined)).size > 1)
    fault('KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD must be given together');
}

export function kafkaOf(config: KafkaConfig): KafkaAccess {
  const {
    kafkaBrokers: brokers,
    topicPrefix,
    kafkaTls,
    kafkaCaFile: ca,
    kafkaCertFile: cert,
    kafkaKeyFile: key,
  } = config;
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = config;
  return {
    brokers,
    topicPrefix,
    ...(kafkaTls && { tls: { ca, cert, key } }),
    ...(mechanism && username && password && { sasl: { mechanism, username, password } }),
  };
}

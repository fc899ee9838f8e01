import { randomBytes } from 'node:crypto';

/** The broker that the test run has started, and a prefix that keeps this test's topics and groups apart from the others'. */
export function testKafka(): { brokers: string[]; topicPrefix: string } {
  const brokers = process.env.TEST_KAFKA_BROKERS;
  if (!brokers) throw new Error('TEST_KAFKA_BROKERS is not set: is this test in a project with the global setup?');
  return { brokers: brokers.split(','), topicPrefix: `t${randomBytes(6).toString('hex')}.` };
}

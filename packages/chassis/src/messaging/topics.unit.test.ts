import { createLogger } from '../logger';
import { eventually } from '../testing/eventually';
import { WrongPartitionCount, type Broker } from './broker';
import { startTopicGuard, type TopicGuard } from './topics';

let guard: TopicGuard;
afterEach(() => guard.stop());

const start = (ensureTopics: Broker['ensureTopics']) => {
  const fatal = jest.fn();
  guard = startTopicGuard({ ensureTopics } as Broker, {
    create: true,
    logger: createLogger('test', 'silent'),
    fatal,
  });
  return fatal;
};

test('topics are made as soon as the broker can be reached, and looked at no more', async () => {
  let tries = 0;
  const fatal = start(() => (++tries < 3 ? Promise.reject(new Error('away')) : Promise.resolve()));
  expect(guard.check).toThrow('Kafka has not answered yet');
  await eventually(() => expect(guard.check).toThrow('away'));
  await eventually(() => expect(guard.check).not.toThrow());
  await guard.stop();
  expect(tries).toBe(3);
  expect(fatal).not.toHaveBeenCalled();
});

test('a topic with another number of partitions ends the service', async () => {
  const wrong = new WrongPartitionCount('topic payment.events has 3 partitions, not 12');
  const fatal = start(() => Promise.reject(wrong));
  await eventually(() => expect(fatal).toHaveBeenCalledWith(wrong));
});

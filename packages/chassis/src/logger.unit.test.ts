import { continueTrace, runInContext } from './context';
import { createLogger } from './logger';

const capture = () => {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { lines, logger: createLogger('musical', 'info', { write }) };
};

test('a line carries service, ISO time and the ids of the request behind it', () => {
  const { lines, logger } = capture();
  const context = continueTrace('request-1', undefined);
  runInContext(context, () => logger.info({ seats: 2 }, 'held'));
  logger.info('alone');
  expect(lines[0]).toMatchObject({
    service: 'musical',
    level: 'info',
    msg: 'held',
    seats: 2,
    correlationId: 'request-1',
  });
  expect(lines[0]!.traceId).toBe(context.traceparent.split('-')[1]);
  expect(lines[0]!.time).toMatch(/^\d{4}-.*Z$/);
  expect(lines[1]).not.toHaveProperty('correlationId');
});

test('secrets and addresses are blotted out wherever they are', () => {
  const { lines, logger } = capture();
  const secrets = {
    password: 'hunter2',
    email: 'a@b.c',
    accessToken: 'hunter2',
    headers: { Authorization: 'hunter2', 'set-cookie': 'hunter2' },
  };
  const error = Object.assign(new Error('refused'), { request: { headers: { authorization: 'hunter2' } } });
  logger.info({ ...secrets, customer: secrets }, 'told too much');
  logger.error({ err: error }, 'failed');
  const text = JSON.stringify(lines);
  expect(text).not.toContain('hunter2');
  expect(text).not.toContain('a@b.c');
  expect(text).toContain('refused');
  expect(secrets.password).toBe('hunter2');
});

import { z } from 'zod';
import { loadConfig, tracingEnv } from '../config';
import { contextIfAny, currentTracer, runInContext } from '../context';
import { createLogger } from '../logger';
import { createMetrics } from '../metrics';
import { eventually } from '../testing/eventually';
import { startOtlpReceiver, type OtlpReceiver } from '../testing/otlp-receiver';
import { loadTracer } from './load';
import { inSpan, type Tracer } from './tracer';

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const UNSAMPLED = `${PARENT.slice(0, -1)}0`;

let collector: OtlpReceiver;
const tracers: Tracer[] = [];

beforeEach(async () => {
  collector = await startOtlpReceiver();
});
afterEach(async () => {
  await Promise.all(tracers.splice(0).map((tracer) => tracer.shutdown()));
  await collector.stop();
});

const setUp = (env: NodeJS.ProcessEnv = {}) => {
  const metrics = createMetrics('test');
  const lines: string[] = [];
  const config = loadConfig(z.object(tracingEnv), {
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    ...env,
  });
  const logger = createLogger('test', 'warn', { write: (line) => void lines.push(line) });
  const tracer = loadTracer('test', config, { logger, metrics })!;
  tracers.push(tracer);
  const counted = async (outcome: string) => {
    const { values } = await metrics.getSingleMetric('trace_spans_total')!.get();
    return values.find(({ labels }) => labels.outcome === outcome)!.value;
  };
  return { tracer, lines, counted };
};

const work = { name: 'work', kind: 'internal' } as const;

test('a span is a child of its traceparent, under the id that it passes on', async () => {
  const { tracer, counted } = setUp();
  const span = tracer.start(PARENT, { name: 'GET', kind: 'server', attributes: { 'http.request.method': 'GET' } });
  span.rename('GET /things/:id');
  span.set({ 'http.route': '/things/:id', nothing: undefined });
  span.end();
  expect(span.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/);

  await tracer.shutdown();
  expect(collector.spans).toEqual([
    {
      ...{ service: 'test', name: 'GET /things/:id', kind: 'server', failed: false },
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: span.traceparent.split('-')[2],
      parentSpanId: 'b7ad6b7169203331',
      attributes: { 'http.request.method': 'GET', 'http.route': '/things/:id' },
    },
  ]);
  expect([await counted('sent'), await counted('lost')]).toEqual([1, 0]);
});

test('work is a span, and what it does is a child of it; what it throws marks it', async () => {
  const { tracer } = setUp();
  const context = { correlationId: 'request-1', traceparent: PARENT };
  const fails = inSpan(
    work,
    async () => {
      expect(contextIfAny()).toMatchObject({ correlationId: 'request-1' });
      await inSpan({ name: 'within', kind: 'client' }, () =>
        Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNRESET' })),
      );
    },
    context,
    tracer,
  );
  await expect(fails).rejects.toThrow('gone');

  await tracer.shutdown();
  const [within, around] = collector.spans;
  expect(around).toMatchObject({ name: 'work', parentSpanId: 'b7ad6b7169203331' });
  expect(within).toMatchObject({ name: 'within', traceId: around!.traceId, parentSpanId: around!.spanId });
  for (const span of [within, around]) {
    expect(span).toMatchObject({ failed: true, attributes: { 'error.type': 'ECONNRESET' } });
  }
});

test('a context within another is still traced; outside of all nobody traces', () => {
  const { tracer } = setUp();
  const context = { correlationId: 'request-1', traceparent: PARENT };
  expect(currentTracer()).toBeUndefined();
  runInContext(
    context,
    () => runInContext({ ...context, correlationId: 'of-a-row' }, () => expect(currentTracer()).toBe(tracer)),
    tracer,
  );
});

test('who is not sampled is not sent, and says so on', async () => {
  const { tracer, counted } = setUp();
  const span = tracer.start(UNSAMPLED, work);
  span.fail('none');
  span.end();
  expect(span.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-00$/);
  await tracer.shutdown();
  expect(collector.spans).toEqual([]);
  expect([await counted('sent'), await counted('lost')]).toEqual([0, 0]);
});

test.each([
  ['parentbased_always_on', '1', '01', '01'],
  ['parentbased_always_off', '1', '00', '01'],
  ['always_off', '1', '00', '00'],
  ['traceidratio', '0', '00', '00'],
  ['parentbased_traceidratio', '0', '00', '01'],
  ['parentbased_traceidratio', '1', '01', '01'],
])('%s of %s: a new trace gets %s, one that was sampled %s', (sampler, ratio, root, child) => {
  const { tracer } = setUp({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: ratio });
  const flags = (parent: string | undefined) => tracer.start(parent, work).traceparent.slice(-2);
  expect([flags(undefined), flags(PARENT)]).toEqual([root, child]);
});

test('what a collector refuses is lost, counted and told', async () => {
  const { tracer, lines, counted } = setUp();
  collector.behave('refuse');
  for (let i = 0; i < 3; i++) tracer.start(PARENT, work).end();
  await eventually(async () => expect(await counted('lost')).toBe(3));
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['spans could not be sent']);
});

test('a collector that hangs costs nobody any time: spans are lost when there is no more room, and the end does not wait', async () => {
  const { tracer, counted } = setUp();
  collector.behave('hang');
  for (let i = 0; i < 5_000; i++) tracer.start(PARENT, work).end();
  expect(await counted('lost')).toBe(5_000 - 4_096);
  await tracer.shutdown();
  // Nobody has given them up yet.
  expect([await counted('sent'), await counted('lost')]).toEqual([0, 5_000 - 4_096]);
  collector.behave('refuse');
}, 20_000);

test('nobody is traced without a collector', () => {
  const config = loadConfig(z.object(tracingEnv), {});
  expect(loadTracer('test', config, { logger: createLogger('test', 'silent'), metrics: createMetrics('test') })).toBe(
    undefined,
  );
});

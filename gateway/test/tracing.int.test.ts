import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import { startOtlpReceiver, type OtlpReceiver } from '@outerpark/chassis/testing/otlp-receiver';
import { startServiceProcess } from '@outerpark/chassis/testing/service-process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let issuer: TestIssuer;
let collector: OtlpReceiver;
let dir: string;

beforeAll(async () => {
  issuer = await startTestIssuer();
  collector = await startOtlpReceiver();
  dir = mkdtempSync(join(tmpdir(), 'outerpark-tracing-'));
  writeFileSync(join(dir, 'tell-modules.js'), TELL_MODULES);
});
afterAll(async () => {
  await Promise.all([issuer.stop(), collector.stop()]);
  rmSync(dir, { recursive: true, force: true });
});

/** Writes down, when the process ends, which files it has loaded. */
const TELL_MODULES = `
  process.on('exit', () => require('fs').writeFileSync(process.env.MODULES_FILE, JSON.stringify(Object.keys(require.cache))));
`;

/** One request to a gateway with nobody behind it, then its end. Gives the packages of OpenTelemetry that it had loaded. */
async function askOnce(env: Record<string, string>): Promise<string[]> {
  const file = join(dir, 'modules.json');
  const nowhere = 'http://127.0.0.1:9';
  const gateway = await startServiceProcess('gateway', {
    NODE_OPTIONS: `--require ${join(dir, 'tell-modules.js')}`,
    MODULES_FILE: file,
    OIDC_ISSUER: issuer.issuer,
    MUSICAL_URL: nowhere,
    RESERVATION_URL: nowhere,
    PAYMENT_URL: nowhere,
    NOTIFICATION_URL: nowhere,
    MYPAGE_URL: nowhere,
    ...env,
  });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  expect((await fetch(`${gateway.url}/api/musicals`, { headers: { traceparent } })).status).toBe(503);
  expect(await gateway.stop()).toBe(0);
  const files = JSON.parse(readFileSync(file, 'utf8')) as string[];
  return [...new Set(files.flatMap((path) => /@opentelemetry\/[^/]+/.exec(path)?.[0] ?? []))].sort();
}

test('a service that does not trace loads nothing of OpenTelemetry but the interface that prom-client brings', async () => {
  expect(await askOnce({})).toEqual(['@opentelemetry/api']);
}, 60_000);

test('a service that traces sends its last spans before it ends', async () => {
  const loaded = await askOnce({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  });
  expect(loaded).toEqual(
    expect.arrayContaining(['@opentelemetry/sdk-trace', '@opentelemetry/exporter-trace-otlp-http']),
  );
  expect(collector.spans.map(({ service, kind, name, failed }) => [service, kind, name, failed])).toEqual([
    ['gateway', 'client', 'GET', true],
    ['gateway', 'server', 'GET /api/musicals', true],
  ]);
}, 60_000);

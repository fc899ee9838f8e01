import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMetrics } from '@outerpark/chassis/metrics';
import { connectSimulator } from '../src/clients/simulator';

const connect = (url: string, breakerVolume = 1_000) =>
  connectSimulator({ url, timeoutMs: 300, breakerVolume, breakerResetMs: 60_000, metrics: createMetrics('test') });
const thirtyThousand = { amount: 30_000, reference: 'r' };

describe('an answer that is none', () => {
  const json = { 'content-type': 'application/json' };
  let server: Server | undefined;
  const serve = async (listener: RequestListener): Promise<string> => {
    server = createServer(listener);
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  const answers: [string, RequestListener][] = [
    ['a page', (_, res) => res.end('<html>OK</html>')],
    ['JSON that is cut off', (_, res) => res.writeHead(200, json).end('{"status":"appro')],
    ['a state nobody knows', (_, res) => res.writeHead(200, json).end('{"status":"pending"}')],
    ['a page without an address', (_, res) => res.writeHead(200, json).end('{"status":"requires_action"}')],
    ['nothing', (_, res) => res.writeHead(204).end()],
    ['a redirect', (_, res) => res.writeHead(302, { location: '/' }).end()],
    ['a refusal', (_, res) => res.writeHead(403, json).end('{"error":"who are you?"}')],
    ['a fault', (_, res) => res.writeHead(500).end()],
    ['a reset', (req) => req.socket.destroy()],
    ['silence', () => undefined],
  ];

  it.each(answers)('%s is unknown', async (_, listener) => {
    const provider = connect(await serve(listener));
    expect(await provider.charge({ key: 'c', ...thirtyThousand })).toMatchObject({ is: 'unknown' });
    expect(await provider.refund({ key: 'r', chargeKey: 'c', amount: 1 })).toMatchObject({ is: 'unknown' });
    await provider.close();
  });

  it('faults open the breaker, refusals do not', async () => {
    let status = 403;
    let calls = 0;
    const provider = connect(await serve((_, res) => (calls++, res.writeHead(status, json).end('{}'))), 5);
    for (let i = 0; i < 10; i++) await provider.find('c');
    expect(provider.availability()).toBe('available');
    status = 503;
    for (let i = 0; i < 15; i++) await provider.find('c');
    expect(provider.availability()).toBe('unavailable');
    expect(calls).toBeLessThan(25);
    await provider.close();
  });
});

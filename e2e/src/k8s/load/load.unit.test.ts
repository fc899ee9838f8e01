import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { startLoad } from './load';

/** A gateway that cuts off each fifth reservation and refuses each seventh, and counts what comes. */
async function gateway(): Promise<{
  server: Server;
  url: string;
  seen: string[];
  bad: { cut: number; refused: number };
}> {
  const seen: string[] = [];
  const bad = { cut: 0, refused: 0 };
  let reservations = 0;
  const server = createServer((req, res) => {
    const { method, url } = req;
    const answer = (status: number, body: object) => res.writeHead(status).end(JSON.stringify(body));
    if (url === '/api/musicals') return answer(201, { id: 'musical' });
    seen.push(`${method} ${url}`);
    if (method !== 'POST') return answer(200, {});
    reservations += 1;
    if (reservations % 5 === 0) {
      bad.cut += 1;
      return req.socket.destroy();
    }
    if (reservations % 7 === 0) {
      bad.refused += 1;
      return answer(503, { type: 'urn:outerpark:problem:seat-check-unavailable' });
    }
    return answer(201, { id: `r${reservations}`, price: 10_000 });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, bad };
}

test('every request is sent once and counted once, and what customers were promised is remembered', async () => {
  const { server, url, seen, bad } = await gateway();
  const release = { gateway: () => Promise.resolve(url), token: (account: string) => Promise.resolve(account) };
  const load = await startLoad(release, { perSecond: 500 });
  await eventually(() => expect(load.tally().requests).toBeGreaterThan(200));
  const result = await load.stop();
  server.close();

  expect(result.requests).toBe(seen.length);
  expect(result.answers['503 seat-check-unavailable']).toBe(bad.refused);
  const cut = Object.entries(result.answers).filter(([answer]) => answer.startsWith('no answer'));
  expect(cut.reduce((sum, [, count]) => sum + count, 0)).toBe(bad.cut);
  expect(result.failed).toBe(bad.cut + bad.refused);
  expect(result.accepted).toHaveLength(seen.filter((call) => call.startsWith('POST')).length - result.failed);
  const cancelled = seen.filter((call) => call.startsWith('DELETE'));
  expect(new Set(cancelled).size).toBe(cancelled.length);
  expect(result.accepted.filter((one) => one.cancelled)).toHaveLength(cancelled.length);
  expect(await load.stop()).toBe(result);
});

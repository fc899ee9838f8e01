import type { Lookup } from '@outerpark/chassis/http/replica-urls';
import { createLogger } from '@outerpark/chassis/logger';
import { createMetrics } from '@outerpark/chassis/metrics';
import type { RunningService } from '@outerpark/chassis/service';
import { request, type IncomingHttpHeaders } from 'node:http';
import { startGateway } from '../src/app';
import { readConfig } from '../src/config';

/** Nobody listens there. */
export const NOWHERE = 'http://127.0.0.1:1';

const services = ['MUSICAL', 'RESERVATION', 'PAYMENT', 'NOTIFICATION', 'MYPAGE'];

/** A gateway on a free port; services that are not named are away. */
export function gatewayTo(
  env: Record<string, string>,
  logger = createLogger('gateway', 'silent'),
  lookup?: Lookup,
): Promise<RunningService> {
  const config = readConfig({
    PORT: '0',
    HOST: '127.0.0.1',
    OIDC_ISSUER: NOWHERE,
    ...Object.fromEntries(services.map((service) => [`${service}_URL`, NOWHERE])),
    ...env,
  });
  return startGateway(config, { logger, metrics: createMetrics('gateway') }, { lookup });
}

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Sends a path exactly as it is written, which no friendlier client does. */
export function sendRaw(
  base: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const req = request({ hostname, port, method, path, headers, agent: false }, (res) => {
      const chunks: Buffer[] = [];
      res.on('error', reject).on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () =>
        resolve({ status: res.statusCode!, headers: res.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    req.on('error', reject).end();
  });
}

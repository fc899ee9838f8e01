import { createLogger } from '@outerpark/chassis/logger';
import { createMetrics } from '@outerpark/chassis/metrics';
import type { RunningService } from '@outerpark/chassis/service';
import { eventually } from '@outerpark/chassis/testing/eventually';
import request from 'supertest';
import { startMyPage } from '../src/app';
import { readConfig } from '../src/config';

/** The service on a free port. */
export function startTestMyPage(env: Record<string, string>, foldVersion?: number): Promise<RunningService> {
  const config = readConfig({ PORT: '0', HOST: '127.0.0.1', ...env });
  return startMyPage(
    config,
    { logger: createLogger('mypage', 'silent'), metrics: createMetrics('mypage') },
    { foldVersion },
  );
}

export const ready = (service: RunningService) =>
  eventually(() => request(service.url).get('/readyz').expect(200), { withinMs: 30_000 });

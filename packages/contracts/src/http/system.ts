import { z } from 'zod';
import { moment } from '../values';

const seconds = z.number().min(0);

const EXAMPLE_PROCESS = {
  service: 'reservation',
  ready: true,
  uptimeSeconds: 86_400,
  breakers: [{ name: 'musical', state: 'closed' as const }],
  consumers: [{ topic: 'payment.events', lag: 0, behindSeconds: 0.4 }],
  outbox: { oldestSeconds: 0 },
  eventLoopDelaySeconds: 0.002,
};

/** What a process of a service says of itself. */
export const processReport = z
  .object({
    service: z.string(),
    ready: z.boolean(),
    /** Why it is not. */
    notReady: z.string().optional(),
    uptimeSeconds: seconds,
    /** Of what it calls. */
    breakers: z.array(z.object({ name: z.string(), state: z.enum(['closed', 'half_open', 'open']) })),
    consumers: z.array(
      z.object({
        topic: z.string(),
        /** Events that are not applied yet, by the ends that were last seen; null: Kafka has not been seen yet. */
        lag: z.int().min(0).nullable(),
        /** How long ago the slowest partition was last seen at its end. */
        behindSeconds: seconds.optional(),
      }),
    ),
    /** Age of the oldest event that has not reached Kafka; 0: there is none. */
    outbox: z.object({ oldestSeconds: seconds }).optional(),
    /** How late the event loop's timers were, at the 99th percentile, since somebody last asked. */
    eventLoopDelaySeconds: seconds.optional(),
  })
  .meta({ id: 'ProcessReport', examples: [EXAMPLE_PROCESS] });
export type ProcessReport = z.infer<typeof processReport>;

/** One replica as the gateway finds it; of one that cannot be asked nothing is known but that. */
export const replicaReport = processReport.extend({
  url: z.string(),
  reachable: z.boolean(),
  uptimeSeconds: seconds.nullable(),
});
export type ReplicaReport = z.infer<typeof replicaReport>;

/** All replicas of all services, also those in trouble. `unreachable` names those that gave no answer. */
export const systemReport = z
  .object({ at: moment, services: z.array(replicaReport), unreachable: z.array(z.string()) })
  .meta({
    id: 'SystemReport',
    examples: [
      {
        at: '2026-11-23T10:06:10.218Z',
        services: [
          { ...EXAMPLE_PROCESS, url: 'http://reservation:8082', reachable: true },
          {
            service: 'payment',
            url: 'http://payment:8083',
            reachable: false,
            ready: false,
            notReady: 'it gave no answer',
            uptimeSeconds: null,
            breakers: [],
            consumers: [],
          },
        ],
        unreachable: ['payment at http://payment:8083'],
      },
    ],
  });
export type SystemReport = z.infer<typeof systemReport>;

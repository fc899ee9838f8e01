import { setTimeout as sleep } from 'node:timers/promises';
import type { End, FaultCase } from '../fault-case';

/** The grace is as in production: payment has to hear of what waited for Kafka, under a load that takes all there is of the machine. */
const WINDOW = { reservation: { PAYMENT_WINDOW_MS: '12000', EXPIRY_GRACE_MS: '30000' } };
const LONGER_THAN_A_DEADLINE_MS = 18_000;

/** Everything could be paid, so whoever expired did so by the outage's fault. */
const nobodyExpired = ({ outcomes }: End): string[] =>
  outcomes
    .filter(({ status }) => status === 'expired')
    .map(({ id }) => `reservation ${id}: expired, though its payment could only be late`)
    .slice(0, 20);

export const servers: FaultCase[] = [
  {
    name: 'kafka-stopped-for-long',
    title: 'Kafka stopped for longer than a payment deadline, and started again',
    settings: WINDOW,
    run: async ({ system }) => {
      await system.kafka.stop();
      await sleep(LONGER_THAN_A_DEADLINE_MS);
      await system.kafka.start();
      return [`Kafka was away for ${LONGER_THAN_A_DEADLINE_MS / 1000} s`];
    },
    check: nobodyExpired,
  },
  {
    name: 'kafka-killed',
    title: 'kill -9 of Kafka, twice',
    // Killed, it takes its groups with it: their members are missed for 15 s, twice.
    settings: { reservation: { PAYMENT_WINDOW_MS: '45000', EXPIRY_GRACE_MS: '30000' } },
    run: async ({ system }) => {
      for (let times = 0; times < 2; times++) {
        await system.kafka.kill();
        await system.kafka.start();
        await sleep(6_000);
      }
      return ['Kafka was killed twice'];
    },
    check: nobodyExpired,
  },
  {
    name: 'postgres-restarted',
    title: 'PostgreSQL restarted (fast) under load, twice',
    run: async ({ system }) => {
      for (let times = 0; times < 2; times++) {
        await system.postgres.stop();
        await system.postgres.start();
        await sleep(6_000);
      }
      return ['PostgreSQL was stopped twice'];
    },
  },
  {
    name: 'postgres-killed',
    title: 'kill -9 of the first process of PostgreSQL under load, twice',
    run: async ({ system }) => {
      for (let times = 0; times < 2; times++) {
        await system.postgres.kill();
        await system.postgres.start();
        await sleep(6_000);
      }
      return ['PostgreSQL was killed twice'];
    },
  },
  {
    name: 'mail-down',
    title: 'the mail server down for 15 s, frozen for 8 s',
    run: async ({ system }) => {
      const mail = system.process('mail');
      await mail.down();
      await sleep(15_000);
      mail.up();
      await mail.ready();
      mail.signal('SIGSTOP');
      await sleep(8_000);
      mail.signal('SIGCONT');
      return ['mail server down', 'mail server frozen'];
    },
  },
];

import type { ReplicaReport } from '@outerpark/contracts/http/system';

/** How a process is: `away` gives no answer, `bad` does not do its work, `warn` is slow or waits for somebody. */
export type Level = 'good' | 'warn' | 'bad' | 'away';

export interface Reason {
  key: 'away' | 'notReady' | 'breakerOpen' | 'breakerHalfOpen' | 'behind' | 'kafkaUnseen' | 'outbox' | 'eventLoop';
  /** What the sentence names. */
  values: { name?: string; why?: string; lag?: number; seconds?: number };
}

export interface Health {
  level: Level;
  reasons: Reason[];
}

/** From here on somebody should look: the services' own lists of what needs attention begin at a minute. */
const BEHIND_SECONDS = 30;
const OUTBOX_SECONDS = 10;
const EVENT_LOOP_SECONDS = 0.5;

type Finding = Reason & { level: Level };

/** What is wrong with a process, worst first. */
export function healthOf(report: ReplicaReport): Health {
  const findings = report.reachable ? findingsOf(report) : [finding('away', 'away', { why: report.notReady })];
  const level = WORST.find((one) => findings.some((found) => found.level === one)) ?? 'good';
  const sorted = [...findings].sort((a, b) => WORST.indexOf(a.level) - WORST.indexOf(b.level));
  return { level, reasons: sorted.map(({ key, values }) => ({ key, values })) };
}

const WORST: Level[] = ['away', 'bad', 'warn', 'good'];

const finding = (level: Level, key: Reason['key'], values: Reason['values'] = {}): Finding => ({ level, key, values });

function findingsOf({
  ready,
  notReady,
  breakers,
  consumers,
  outbox,
  eventLoopDelaySeconds = 0,
}: ReplicaReport): Finding[] {
  const found: Finding[] = [];
  if (!ready) found.push(finding('bad', 'notReady', { why: notReady }));
  for (const { name, state } of breakers) {
    if (state === 'open') found.push(finding('bad', 'breakerOpen', { name }));
    if (state === 'half_open') found.push(finding('warn', 'breakerHalfOpen', { name }));
  }
  for (const { topic, lag, behindSeconds = 0 } of consumers) {
    if (lag === null) found.push(finding('warn', 'kafkaUnseen', { name: topic }));
    else if (behindSeconds >= BEHIND_SECONDS) {
      found.push(finding('warn', 'behind', { name: topic, lag, seconds: behindSeconds }));
    }
  }
  if (outbox && outbox.oldestSeconds >= OUTBOX_SECONDS) {
    found.push(finding('warn', 'outbox', { seconds: outbox.oldestSeconds }));
  }
  if (eventLoopDelaySeconds >= EVENT_LOOP_SECONDS) {
    found.push(finding('warn', 'eventLoop', { seconds: eventLoopDelaySeconds }));
  }
  return found;
}

import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../src/servers/free-port';
import { startKafka } from '../src/servers/kafka';
import { startPostgres } from '../src/servers/postgres';
import { servers } from './servers';

/**
 * One PostgreSQL and one Kafka for the whole run, on free ports, in a folder of their own. Their addresses reach the tests as
 * TEST_POSTGRES_ADMIN_URL and TEST_KAFKA_BROKERS. A test that needs a broker of its own, to kill it, starts one in a new folder
 * in TEST_SERVERS_DIR: whatever runs in there ends with the run, even when that is killed.
 */
const setUp = async (): Promise<void> => {
  // The projects `int` and `e2e` both name this file.
  if (servers.dir) return;
  servers.dir = mkdtempSync(join(tmpdir(), 'outerpark-test-'));
  // PostgreSQL runs as another user when root runs the tests.
  chmodSync(servers.dir, 0o755);
  servers.lifeline = holdLifeline(servers.dir);

  const [postgresPort, kafkaPort, controllerPort] = [await freePort(), await freePort(), await freePort()];
  const [postgres, kafka] = await Promise.allSettled([
    startPostgres({ dir: join(servers.dir, 'postgres'), port: postgresPort, durable: false }),
    startKafka({ dir: join(servers.dir, 'kafka'), port: kafkaPort, controllerPort }),
  ]);
  if (postgres.status === 'rejected') throw postgres.reason;
  if (kafka.status === 'rejected') throw kafka.reason;

  servers.stop = async () => {
    await Promise.all([postgres.value.stop(), kafka.value.stop()]);
  };
  process.env.TEST_SERVERS_DIR = servers.dir;
  process.env.TEST_POSTGRES_ADMIN_URL = postgres.value.adminUrl;
  process.env.TEST_KAFKA_BROKERS = kafka.value.brokers;
};
export default setUp;

/**
 * A shell that waits for the end of this process, however it ends (Ctrl-C, a failed setup, SIGKILL), by the pipe it holds, and
 * then kills what still runs in the folder and deletes it.
 */
const holdLifeline = (dir: string): (() => void) => {
  const script = `
    cat >/dev/null
    for file in "$0"/*/kafka.pid "$0"/*/data/postmaster.pid; do
      [ -f "$file" ] && kill -9 "$(head -n 1 "$file")" 2>/dev/null
    done
    sleep 1
    rm -rf "$0"`;
  const shell = spawn('sh', ['-c', script, dir], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref();
  return () => void shell.kill();
};

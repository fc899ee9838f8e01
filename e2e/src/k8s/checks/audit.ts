import { randomBytes } from 'node:crypto';
import type { Report } from '@outerpark/audit/audit';
import { eventually } from '@outerpark/chassis/testing/eventually';
import type { Release } from '../release';

interface CronJobs {
  items: { spec: { jobTemplate: { spec: { template: PodTemplate } } } }[];
}
interface PodTemplate {
  metadata: { labels: Record<string, string> };
  spec: { containers: { args: string[]; env: object[] }[] };
}

const COPIES = '/tmp/mypage';
const UNREADABLE = 2;

/**
 * Audits the release from inside: a pod like those of its audit CronJob, into which a copy of each mypage replica's file is put, so that
 * I6 is looked at too. Needs audit.enabled. Throws when something could not be read.
 */
export async function auditIn(release: Release, { patience = 60 } = {}): Promise<Report> {
  const { kubectl } = release;
  const name = `audit-${randomBytes(4).toString('hex')}`;
  await kubectl(['create', '-f', '-'], { input: JSON.stringify(await auditPod(release, name)) });
  try {
    await kubectl(['wait', '--for=condition=Ready', '--timeout=90s', `pod/${name}`]);
    const dirs: string[] = [];
    for (const { name: replica } of await release.pods('mypage')) {
      const dir = `${COPIES}/${replica}`;
      const copy = await release.exec(replica, ['node', '-e', COPY_OUT]);
      await release.exec(name, ['node', '-e', COPY_IN, '--', dir], { input: copy });
      dirs.push(dir);
    }
    // The first look may come before the network knows the new pod.
    return await eventually(
      async () => {
        const ended = await release.exec(name, ['node', '-e', AUDIT, '--', String(patience), dirs.join(',')]);
        const { status, stdout, stderr } = JSON.parse(ended) as { status: number; stdout: string; stderr: string };
        if (status >= UNREADABLE || stdout === '') throw new Error(`the audit ended with ${status}: ${stderr}`);
        return JSON.parse(stdout) as Report;
      },
      { withinMs: 45_000, everyMs: 3_000 },
    );
  } finally {
    await kubectl(['delete', 'pod', name, '--now', '--wait=false']);
  }
}

async function auditPod({ name: release, kubectl }: Release, name: string): Promise<object> {
  const labels = `app.kubernetes.io/instance=${release},app.kubernetes.io/component=audit`;
  const { items } = JSON.parse(await kubectl(['get', 'cronjobs', '-l', labels, '-o', 'json'])) as CronJobs;
  if (items.length === 0)
    throw new Error('the release has no CronJob of the audit: install it with audit.enabled=true');
  const { metadata, spec } = items[0]!.spec.jobTemplate.spec.template;
  const [container] = spec.containers;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: metadata.labels },
    spec: {
      ...spec,
      activeDeadlineSeconds: 600,
      containers: [
        { ...container, args: ['-e', 'process.once("SIGTERM", process.exit); setTimeout(() => {}, 600_000)'] },
      ],
    },
  };
}

/** A copy as of one moment, though the replica writes on; the name of the file belongs to the version of the fold. */
const COPY_OUT = `
const { readFileSync, rmSync } = require('node:fs');
const { basename } = require('node:path');
const { fileOf } = require('./mypage/dist/dump.js');
const Database = require('libsql');
const copy = '/tmp/copy-' + process.pid;
const file = fileOf(process.env.DATA_DIR);
const database = new Database(file);
database.exec("VACUUM INTO '" + copy + "'");
database.close();
process.stdout.write(JSON.stringify({ name: basename(file), base64: readFileSync(copy, 'base64') }));
rmSync(copy);
`;

const COPY_IN = `
const { mkdirSync, writeFileSync } = require('node:fs');
const dir = process.argv[1];
let text = '';
process.stdin.setEncoding('utf8').on('data', (part) => (text += part)).on('end', () => {
  const { name, base64 } = JSON.parse(text);
  mkdirSync(dir, { recursive: true });
  writeFileSync(dir + '/' + name, base64, 'base64');
});
`;

const AUDIT = `
const [patience, dirs] = process.argv.slice(1);
const { status, stdout, stderr } = require('node:child_process').spawnSync(
  process.execPath,
  ['audit/dist/main.js', '--json', '--patience', patience],
  { env: { ...process.env, MYPAGE_DATA_DIRS: dirs }, encoding: 'utf8', maxBuffer: 64_000_000 },
);
process.stdout.write(JSON.stringify({ status, stdout, stderr }));
`;

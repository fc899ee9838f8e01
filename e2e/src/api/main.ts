import { randomInt } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { audit } from '@outerpark/audit/audit';
import { readConfig as auditedBy } from '@outerpark/audit/config';
import { printed } from '@outerpark/audit/print';
import { demoToken } from '@outerpark/dev/issuer/token';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { services } from '@outerpark/dev/start/ports';
import { readConfig } from './config';
import { releaseHoldsOfNobody } from './release-holds';
import { attack, fetchSchemathesis } from './schemathesis';
import { startSystem, type RunningSystem } from './system';

/** A customer first, while the demo's musicals are the newest; then whoever may do more. */
const ACCOUNTS = ['alice', 'admin'];
/** Such as `npm run test:api -- gateway musical`; all without a name. */
const only = process.argv.slice(2);

/** Sends made-up requests to every service and the gateway, and then asks the audit whether anything was stored half. */
async function main(): Promise<number> {
  const { outerparkPortOffset, seed = randomInt(2 ** 31) } = readConfig();
  const program = await fetchSchemathesis();
  const home = mkdtempSync(join(tmpdir(), 'outerpark-api-'));
  chmodSync(home, 0o755);
  const system = await startSystem(home, outerparkPortOffset);
  console.log(`SEED=${seed}`);
  const failed: string[] = [];
  let passed = 0;
  const told = (ok: boolean, name: string, line: string, detail: string) => {
    console.log(ok ? `ok      ${line}` : `${detail}\nFAILED  ${line}`);
    if (ok) passed += 1;
    else failed.push(name);
  };

  try {
    for (const { target, documentUrl } of documents(system)) {
      for (const account of ACCOUNTS) {
        const since = performance.now();
        const name = `${target} as ${account}`;
        const token = await demoToken(system.oidc.issuer, account);
        const {
          ok,
          cases,
          operations,
          told: said,
        } = await attack(program, { name, documentUrl, token, seed, workDir: home });
        const seconds = ((performance.now() - since) / 1_000).toFixed(0);
        told(ok, name, `${name}: ${cases} requests to ${operations} operations (${seconds} s)`, said);
      }
    }
    await releaseHoldsOfNobody(system);
    const report = await audit(auditedBy({ OUTERPARK_HOME: home }));
    told(report.ok, 'audit', 'audit: nothing is stored half', printed(report));
    // Many are refused by musical, as they should be; but it was asked.
    const intents = report.findings.find(({ invariant }) => invariant === 'I2')?.checked.intents ?? 0;
    told(
      intents > 0,
      'reach',
      `reach: ${intents} requests for seats were decided`,
      'No request was good enough to be decided.',
    );
  } finally {
    await system.stop();
  }
  if (failed.length === 0) rmSync(home, { recursive: true, force: true });
  else console.log(`Logs: ${home}/logs. Again: SEED=${seed} npm run test:api`);
  console.log(`${passed} passed, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
}

const documents = ({ gateway, services: urls }: RunningSystem) =>
  [
    ...services.map((service) => ({ target: service, documentUrl: `${urls[service][0]}/openapi.json` })),
    { target: 'gateway', documentUrl: `${gateway}/api/openapi.json` },
  ].filter(({ target }) => only.length === 0 || only.includes(target));

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof CannotStart ? error.message : error);
    process.exit(1);
  },
);

import { eventually } from '@outerpark/chassis/testing/eventually';
import { musical } from '@outerpark/contracts/http/musicals';
import { reservation } from '@outerpark/contracts/http/reservations';
import { same } from '@outerpark/dev/demo/difference';
import { cancel, register, reserve, seePayment } from '@outerpark/dev/demo/sights';
import { visitor, type Visitor } from '@outerpark/dev/demo/visitor';
import { demoToken } from '@outerpark/dev/issuer/token';
import { forward, serviceOf, type Forwarded } from './forward';
import type { DeployOptions } from './options';

const MUSICAL = { name: 'Smoke test', reservableSeats: 100, price: 1_000 };
/** Consumers may still be taking over the partitions of those before them. */
const WITHIN_MS = 90_000;

/**
 * Makes one reservation through the release's gateway, waits until it is paid and confirmed, cancels it and waits for the money. Where
 * there is no development issuer and nobody gave a token it only asks for the musicals, and says so. Throws on anything else.
 */
export async function smokeTest({ release, namespace, smoke }: DeployOptions): Promise<string> {
  const open: Forwarded[] = [];
  const reached = async (component: string): Promise<string | undefined> => {
    const service = await serviceOf(release, namespace, component);
    if (service === undefined) return undefined;
    open.push(await forward(service, namespace));
    return open.at(-1)!.url;
  };
  try {
    const gateway = smoke.gateway ?? (await reached('gateway'));
    if (gateway === undefined) throw new Error(`the release ${release} has no gateway`);
    const issuer = smoke.token === undefined ? await reached('issuer') : undefined;
    if (issuer !== undefined) {
      const admin = visitor(gateway, await demoToken(issuer, 'admin'));
      const customer = visitor(gateway, await demoToken(issuer, 'alice'));
      return await reserveAndCancel(customer, smoke.musical ?? (await musicalToTry(admin)));
    }
    if (smoke.token !== undefined && smoke.musical !== undefined) {
      return await reserveAndCancel(visitor(gateway, smoke.token), smoke.musical);
    }
    const answer = await fetch(`${gateway}/api/musicals`, { signal: AbortSignal.timeout(15_000) });
    same('GET /api/musicals', answer.status, 200);
    return 'the gateway shows the musicals; a reservation needs OUTERPARK_TOKEN and --musical';
  } finally {
    for (const { close } of open) close();
  }
}

/** The one that an earlier smoke test has registered, or a new one. */
async function musicalToTry(admin: Visitor): Promise<string> {
  const known = await admin.find('/api/musicals', musical, ({ name }) => name === MUSICAL.name);
  return known?.id ?? (await register(admin, MUSICAL))[1].id;
}

async function reserveAndCancel(customer: Visitor, musicalId: string): Promise<string> {
  const since = Date.now();
  const [, { id, price }] = await reserve(customer, musicalId, 1);
  await eventually(
    async () => {
      const path = `/api/reservations/${id}`;
      same(
        `reservation ${id}`,
        (await customer.call('GET', path, { status: 200, shape: reservation })).status,
        'confirmed',
      );
    },
    { withinMs: WITHIN_MS, everyMs: 100 },
  );
  const seconds = ((Date.now() - since) / 1000).toFixed(1);
  await cancel(customer, id);
  await seePayment(customer, id, { status: 'cancelled', captured: price, refunded: price });
  return `reservation ${id} was confirmed after ${seconds} s, cancelled and refunded`;
}

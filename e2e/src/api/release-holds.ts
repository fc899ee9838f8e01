import { demoToken } from '@outerpark/dev/issuer/token';
import type { RunFile } from '@outerpark/dev/start/run-file';
import { sql } from '../faults/system/sql';

/**
 * musical's own document has the call that only reservation makes. What was held by it for nobody is released as operators do it,
 * by an event of reservation; otherwise the audit tells of it, rightly. Throws when one is not released.
 */
export async function releaseHoldsOfNobody({ databases, gateway, oidc }: RunFile): Promise<void> {
  const held = await sql<{ id: string }>(
    databases.musical,
    `SELECT reservation_id AS id FROM hold WHERE state <> 'released'`,
  );
  const reservations = await sql<{ id: string }>(databases.reservation, 'SELECT id FROM reservation');
  const known = new Set(reservations.map(({ id }) => id));
  const token = await demoToken(oidc.issuer, 'admin');
  for (const { id } of held.filter((hold) => !known.has(hold.id))) {
    const answer = await fetch(`${gateway}/api/admin/attention/hold/${id}/release`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'Held by an attack on the internal call' }),
    });
    if (!answer.ok) throw new Error(`The hold ${id} is not released: ${answer.status} ${await answer.text()}`);
  }
}

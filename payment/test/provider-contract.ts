import { randomUUID } from 'node:crypto';
import type { Delivery, PaymentProvider } from '../src/clients/provider';

/** What the suite needs of a provider beside its adapter: a place where no money moves, and in which trouble can be had. */
export interface Sandbox {
  provider: PaymentProvider;
  /** KRW that the provider's own books have under that reference. */
  money(reference: string): Promise<{ captured: number; refunded: number }>;
  /** From now on; `none` ends it. `lost answers`: after the call had its effect. */
  trouble(
    kind: 'none' | 'declines' | 'a page' | 'lost answers' | 'lost requests' | 'errors' | 'too many' | 'slow' | 'down',
  ): Promise<void>;
  /** The customer's decision on the provider's page. */
  decide(url: string, decision: 'approve' | 'decline'): Promise<void>;
  /** A webhook about that key, as the provider signs it at that time. */
  webhook(about: string, id: string, at: Date): Delivery;
  stop(): Promise<void>;
}

/** What every adapter of a payment provider has to keep, so that the domain can rely on it. */
export function providerContract(name: string, open: () => Promise<Sandbox>): void {
  describe(`${name} keeps the contract of the port`, () => {
    let sandbox: Sandbox;
    let provider: PaymentProvider;
    beforeAll(async () => {
      sandbox = await open();
      ({ provider } = sandbox);
    });
    afterEach(() => sandbox.trouble('none'));
    afterAll(() => sandbox.stop());

    const newCharge = () => ({ key: randomUUID(), amount: 30_000, reference: randomUUID() });
    const charged = async () => {
      const request = newCharge();
      expect(await provider.charge(request)).toEqual({ is: 'approved', amount: 30_000 });
      return request;
    };
    const refundOf = ({ key, amount }: { key: string; amount: number }) => ({
      key: randomUUID(),
      chargeKey: key,
      amount,
    });

    describe('a charge', () => {
      it('is made once under its key, also at once, and found', async () => {
        const request = newCharge();
        const answers = await Promise.all(Array.from({ length: 10 }, () => provider.charge(request)));
        expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
          new Set(['{"is":"approved","amount":30000}']),
        );
        expect(await provider.charge(request)).toEqual(answers[0]);
        expect(await provider.find(request.key)).toEqual(answers[0]);
        expect(await sandbox.money(request.reference)).toEqual({ captured: 30_000, refunded: 0 });
      });

      it('that was declined stays so under its key', async () => {
        await sandbox.trouble('declines');
        const request = newCharge();
        expect(await provider.charge(request)).toMatchObject({ is: 'declined' });
        await sandbox.trouble('none');
        expect(await provider.charge(request)).toMatchObject({ is: 'declined' });
        expect(await provider.find(request.key)).toMatchObject({ is: 'declined' });
        expect(await sandbox.money(request.reference)).toEqual({ captured: 0, refunded: 0 });
      });

      it.each([
        ['approve', 'approved', 30_000],
        ['decline', 'declined', 0],
      ] as const)('that the customer %ss on the page is %s for good', async (decision, is, captured) => {
        await sandbox.trouble('a page');
        const request = newCharge();
        const asked = await provider.charge(request);
        expect(asked).toMatchObject({ is: 'requires_action', url: expect.stringMatching(/^https?:/) as string });
        expect(await provider.find(request.key)).toEqual(asked);
        const { url } = asked as { url: string };
        await sandbox.decide(url, decision);
        await sandbox.decide(url, decision === 'approve' ? 'decline' : 'approve');
        expect(await provider.find(request.key)).toMatchObject({ is });
        expect(await sandbox.money(request.reference)).toEqual({ captured, refunded: 0 });
      });

      it('that the provider does not know is unknown, and not failed', async () => {
        expect(await provider.find(randomUUID())).toMatchObject({ is: 'unknown' });
      });

      it('of another amount under the same key is not made, and its answer is not taken for one', async () => {
        const request = await charged();
        expect(await provider.charge({ ...request, amount: 1 })).toMatchObject({ is: 'unknown' });
        expect(await sandbox.money(request.reference)).toEqual({ captured: 30_000, refunded: 0 });
      });
    });

    describe('a cancellation', () => {
      it('of a key that was never seen keeps the late charge from being made', async () => {
        const request = newCharge();
        expect(await provider.cancel(request.key)).toEqual({ is: 'cancelled' });
        expect(await provider.charge(request)).toEqual({ is: 'cancelled' });
        expect(await provider.cancel(request.key)).toEqual({ is: 'cancelled' });
        expect(await sandbox.money(request.reference)).toEqual({ captured: 0, refunded: 0 });
      });

      it('of a charge that waits for the customer ends it', async () => {
        await sandbox.trouble('a page');
        const request = newCharge();
        const { url } = (await provider.charge(request)) as { url: string };
        expect(await provider.cancel(request.key)).toEqual({ is: 'cancelled' });
        await sandbox.decide(url, 'approve');
        expect(await provider.find(request.key)).toEqual({ is: 'cancelled' });
        expect(await sandbox.money(request.reference)).toEqual({ captured: 0, refunded: 0 });
      });

      it('that comes too late says so, and leaves the money where it is', async () => {
        const request = await charged();
        expect(await provider.cancel(request.key)).toEqual({ is: 'approved', amount: 30_000 });
        expect(await sandbox.money(request.reference)).toEqual({ captured: 30_000, refunded: 0 });
      });
    });

    describe('a refund', () => {
      it('is made once under its key, also at once', async () => {
        const request = await charged();
        const refund = refundOf(request);
        const answers = await Promise.all(Array.from({ length: 10 }, () => provider.refund(refund)));
        for (const answer of answers) expect(answer).toEqual({ is: 'refunded', amount: 30_000 });
        expect(await sandbox.money(request.reference)).toEqual({ captured: 30_000, refunded: 30_000 });
      });

      it('of more than was captured, or of nothing, is no success', async () => {
        const request = await charged();
        expect(await provider.refund(refundOf({ ...request, amount: 30_001 }))).toMatchObject({ is: 'unknown' });
        await provider.refund(refundOf(request));
        expect(await provider.refund(refundOf({ ...request, amount: 1 }))).toMatchObject({ is: 'unknown' });
        expect(await provider.refund(refundOf(newCharge()))).toMatchObject({ is: 'unknown' });
        expect(await sandbox.money(request.reference)).toEqual({ captured: 30_000, refunded: 30_000 });
      });
    });

    describe('trouble', () => {
      it.each([
        ['lost answers', 30_000],
        ['lost requests', 0],
        ['errors', 0],
        ['too many', 0],
        ['down', 0],
      ] as const)('%s is unknown, and the same key makes it good', async (kind, captured) => {
        const paid = await charged();
        const refund = refundOf(paid);
        const request = newCharge();
        await sandbox.trouble(kind);
        expect(await provider.charge(request)).toMatchObject({ is: 'unknown' });
        expect(await provider.find(request.key)).toMatchObject({ is: 'unknown' });
        expect(await provider.refund(refund)).toMatchObject({ is: 'unknown' });
        await sandbox.trouble('none');
        expect(await sandbox.money(request.reference)).toEqual({ captured, refunded: 0 });
        expect(await provider.charge(request)).toEqual({ is: 'approved', amount: 30_000 });
        expect(await provider.refund(refund)).toEqual({ is: 'refunded', amount: 30_000 });
        expect(await sandbox.money(request.reference)).toEqual({ captured: 30_000, refunded: 0 });
        expect(await sandbox.money(paid.reference)).toEqual({ captured: 30_000, refunded: 30_000 });
      });

      it('an answer that does not come in time is unknown, and then it is charged once', async () => {
        const request = newCharge();
        await sandbox.trouble('slow');
        expect(await provider.charge(request)).toMatchObject({ is: 'unknown' });
        expect(await provider.cancel(request.key)).toMatchObject({ is: 'unknown' });
        await sandbox.trouble('none');
        expect(['approved', 'cancelled']).toContain((await provider.charge(request)).is);
        expect((await sandbox.money(request.reference)).captured).toBeLessThanOrEqual(30_000);
      });

      it('of too many calls says for how long to wait', async () => {
        await sandbox.trouble('too many');
        expect(await provider.find(randomUUID())).toMatchObject({ retryAfterMs: expect.any(Number) as number });
      });
    });

    describe('a webhook', () => {
      const now = new Date();
      const minutes = (count: number) => new Date(now.getTime() + count * 60_000);
      const key = randomUUID();

      it('of the provider is read', () => {
        const webhook = sandbox.webhook(key, 'one', now);
        expect(provider.verifyWebhook(webhook, now)).toEqual({ id: 'one', about: key });
        // That it comes again is for its receiver to know, by its id.
        expect(provider.verifyWebhook(webhook, now)).toEqual({ id: 'one', about: key });
      });

      it('of nobody knows whom is not', () => {
        const real = sandbox.webhook(key, 'one', now);
        const other = sandbox.webhook(randomUUID(), 'one', now);
        expect(provider.verifyWebhook({ ...real, rawBody: other.rawBody, body: other.body }, now)).toBeUndefined();
        expect(provider.verifyWebhook({ ...real, headers: {} }, now)).toBeUndefined();
      });

      it('of long ago, or of a time to come, is not', () => {
        expect(provider.verifyWebhook(sandbox.webhook(key, 'one', minutes(-6)), now)).toBeUndefined();
        expect(provider.verifyWebhook(sandbox.webhook(key, 'one', minutes(6)), now)).toBeUndefined();
      });
    });
  });
}

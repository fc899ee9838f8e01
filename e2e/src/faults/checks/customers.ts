import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import type { Page } from '@outerpark/contracts/http/paging';
import type { FaultSystem } from '../system/system';
import type { Outcome } from './ledger';

/** What these customers see on My page and what the reservation service says of them: one sentence for each difference. */
export async function compareViews(
  system: Pick<FaultSystem, 'gateways' | 'token'>,
  customerIds: string[],
  outcomes: Outcome[],
): Promise<string[]> {
  const breaches: string[] = [];
  for (const customerId of customerIds) {
    const token = await system.token({ sub: customerId });
    const seen = new Map((await myPage(system.gateways[0]!, token)).map((item) => [item.id, item]));
    for (const { id, status, price, version } of outcomes.filter((outcome) => outcome.customerId === customerId)) {
      const item = seen.get(id);
      seen.delete(id);
      if (!item) breaches.push(`My page of ${customerId}: lacks ${id}, which is ${status}`);
      else if (item.status !== status || item.price !== price || item.version !== version) {
        breaches.push(
          `My page of ${customerId}: shows ${id} as ${item.status} (${item.version}), and it is ${status} (${version})`,
        );
      }
    }
    for (const id of seen.keys()) breaches.push(`My page of ${customerId}: shows ${id}, which is not there`);
  }
  return breaches;
}

async function myPage(gateway: string, token: string): Promise<MyPageItem[]> {
  const items: MyPageItem[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await fetch(`${gateway}/api/mypage?limit=200${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!answer.ok) throw new Error(`My page answered ${answer.status}: ${await answer.text()}`);
    const page = (await answer.json()) as Page<MyPageItem>;
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}

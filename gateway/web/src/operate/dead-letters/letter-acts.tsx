import type { DeadLetter, DeadLetterCause, Discarded, Replayed } from '@outerpark/contracts/http/operators';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/call';
import type { Act, Outcome } from '../ActDialog';
import { useNames } from '../names';
import { sumOfReplays } from './groups';

interface Gathered<Item> {
  items: Item[];
  unreachable: string[];
}

const post = <Item,>(path: string, service: string, reason: string, key: string) =>
  call<Gathered<Item>>(`/api/admin/dead-letters/${path}?service=${encodeURIComponent(service)}`, {
    ...{ method: 'POST', body: { reason }, key },
  });

/** What can be done about dead letters, each in the service that has set it aside. */
export const useLetterActs = () => {
  const { t } = useTranslation('operate');
  const names = useNames();

  const notAsked = (unreachable: string[]) =>
    unreachable.length > 0 && <p>{t('act.notAsked', { names: unreachable.join(', ') })}</p>;
  const told = ({ items, unreachable }: Gathered<Replayed>): Outcome => {
    const { replayed, failed } = sumOfReplays(items);
    return {
      tone: failed.length > 0 || unreachable.length > 0 ? 'warn' : 'good',
      text: (
        <>
          <strong>{t('act.replayed', { count: replayed })}</strong>
          {failed.length > 0 && <p>{t('act.failedAgain', { count: failed.length })}</p>}
          <ul>
            {failed.slice(0, 5).map(({ aggregate, why }) => (
              <li key={aggregate} lang="en">
                {aggregate}: {why}
              </li>
            ))}
          </ul>
          {notAsked(unreachable)}
        </>
      ),
    };
  };

  return {
    replayCause: ({ service, cause, reason: failedOf, events }: DeadLetterCause): Act => ({
      title: t('act.on', { action: t('deadLetters.replayAll'), what: failedOf }),
      consequence: t('act.consequence.replay', { count: events }),
      label: t('act.replay'),
      carryOut: async (reason, key) =>
        told(await post<Replayed>(`causes/${encodeURIComponent(cause)}/replay`, service, reason, key)),
    }),
    replay: ({ service, id }: DeadLetter): Act => ({
      title: t('act.on', { action: t('act.replay'), what: id }),
      consequence: t('act.consequence.replayLetter'),
      label: t('act.replay'),
      carryOut: async (reason, key) =>
        told(await post<Replayed>(`${encodeURIComponent(id)}/replay`, service, reason, key)),
    }),
    discard: ({ service, id }: DeadLetter): Act => ({
      title: t('act.on', { action: t('act.discard'), what: id }),
      consequence: t('act.consequence.discard', { service: names.service(service) }),
      label: t('act.discard'),
      danger: true,
      carryOut: async (reason, key) => {
        const { items, unreachable } = await post<Discarded>(`${encodeURIComponent(id)}/discard`, service, reason, key);
        const count = items.reduce((sum, { discarded }) => sum + discarded, 0);
        return {
          tone: unreachable.length > 0 ? 'warn' : 'good',
          text: (
            <>
              {t('act.discarded', { count })}
              {notAsked(unreachable)}
            </>
          ),
        };
      },
    }),
  };
};

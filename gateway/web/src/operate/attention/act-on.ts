import type { ActionDone, AttentionItem } from '@outerpark/contracts/http/operators';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/call';
import type { Act } from '../ActDialog';
import { useNames } from '../names';

const CONSEQUENCES = ['retry', 'resend', 'release', 'refund'] as const;

/** Makes of an item and one of its actions what can be confirmed and carried out. */
export const useActOn = () => {
  const { t } = useTranslation('operate');
  const names = useNames();
  return ({ kind, subject, what }: AttentionItem, action: string): Act => {
    const known = CONSEQUENCES.find((one) => one === action);
    return {
      title: t('act.on', { action: names.action(action), what: names.kind(kind) }),
      consequence: known ? t(`act.consequence.${known}`) : what,
      label: names.action(action),
      danger: action === 'release' || action === 'refund',
      carryOut: async (reason, key) => {
        const path = [kind, subject, action].map(encodeURIComponent).join('/');
        const done = await call<ActionDone>(`/api/admin/attention/${path}`, { method: 'POST', body: { reason }, key });
        return { tone: 'good', text: t('act.done', { outcome: done.outcome }) };
      },
    };
  };
};

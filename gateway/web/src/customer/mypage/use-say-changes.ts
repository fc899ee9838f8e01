import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { present } from '../../format/present';
import { useAnnounce } from '../../ui/Announcer';
import { stateOf, type State } from '../reservation/state';

/** Says to screen readers when a reservation that was seen before has come to another state; the eye sees it in its place. */
export const useSayChanges = (items: MyPageItem[] | null): void => {
  const { t } = useTranslation('customer');
  const announce = useAnnounce();
  const seen = useRef(new Map<string, State>());
  useEffect(() => {
    for (const item of items ?? []) {
      const state = stateOf(item, present());
      const before = seen.current.get(item.id);
      if (before !== undefined && before !== state) {
        announce(t('mypage.changed', { musical: item.musical, state: t(`words.${state}.title`) }), 'spoken');
      }
      seen.current.set(item.id, state);
    }
  }, [items, announce, t]);
};

import type { WaitingPass } from '@outerpark/contracts/http/waiting-rooms';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, type Dispatch } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/call';
import { present } from '../../format/present';
import { useAnnounce } from '../../ui/Announcer';
import type { Performance } from '../musicals/offer';
import type { Action, Attempt } from './attempt';

/** A pass, and when it was told, in milliseconds since 1970. */
export interface ToldPass extends WaitingPass {
  toldAt: number;
}

/** Without an answer it is asked again after so long. */
const AGAIN_MS = 5_000;

/**
 * Joins the waiting room of a performance when there is one, asks when the API says that there is news, also in a hidden tab, and lets
 * a queued attempt go on when the turn has come. Gives the pass while its turn has not come.
 */
export const useWaitingRoom = (
  { id, waitingRoom }: Performance,
  customerId: string | null,
  attempt: Attempt,
  dispatch: Dispatch<Action>,
): ToldPass | undefined => {
  const { t } = useTranslation('customer');
  const announce = useAnnounce();
  // A wait that begins asks anew: what was known before led to the refusal.
  const since = attempt.step === 'queued' ? attempt.since : null;
  const { data, isPlaceholderData } = useQuery({
    queryKey: ['waiting-room', id, customerId, since],
    // To join again changes nothing, and gives a place in the queue of now.
    queryFn: async (): Promise<ToldPass> => {
      const pass = await call<WaitingPass>(`/api/performances/${id}/waiting-room`, { method: 'POST' });
      return { ...pass, toldAt: present() };
    },
    enabled: customerId !== null && (waitingRoom === true || since !== null),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    refetchInterval: ({ state: { data: pass } }) =>
      pass === undefined ? AGAIN_MS : pass.admitted ? false : pass.retryAfterSeconds * 1000,
    refetchIntervalInBackground: true,
  });

  const waits = data?.admitted === false;
  const turn = since !== null && data?.admitted === true && !isPlaceholderData;
  useEffect(() => {
    if (turn) dispatch({ type: 'again' });
  }, [turn, dispatch]);

  const waited = useRef(false);
  useEffect(() => {
    if (waited.current && data?.admitted) announce(t('waitingRoom.turn'), 'good');
    waited.current = waits;
  }, [waits, data?.admitted, announce, t]);

  return waits ? data : undefined;
};

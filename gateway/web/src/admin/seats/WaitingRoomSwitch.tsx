import type { WaitingRoom, WaitingRoomMode } from '@outerpark/contracts/http/waiting-rooms';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/call';
import { useFailureText } from '../../api/failure-text';
import { count } from '../../format/money';
import { useLanguage } from '../../i18n/use-language';
import { useAnnounce } from '../../ui/Announcer';
import { Badge } from '../../ui/Badge';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Notice } from '../../ui/Notice';
import css from './Seats.module.css';

const MODES = ['off', 'automatic', 'on'] as const;

interface WaitingRoomSwitchProps {
  room: WaitingRoom;
  /** When it is, as it is read. */
  performance: string;
}

/** Who waits before a performance, and how fast they are let in; switched by hand or left to the load. */
export const WaitingRoomSwitch = ({ room, performance }: WaitingRoomSwitchProps) => {
  const { t } = useTranslation('admin');
  const [language] = useLanguage();
  const announce = useAnnounce();
  const failureText = useFailureText();
  const queries = useQueryClient();
  const [lettingIn, setLettingIn] = useState(false);
  const { performanceId, mode, open, waiting, ratePerSecond } = room;
  const change = useMutation({
    mutationFn: (wanted: WaitingRoomMode) =>
      call(`/api/admin/waiting-rooms/${performanceId}`, { method: 'PUT', body: { mode: wanted } }),
    onSuccess: (_, wanted) => announce(t('waitingRoom.done', { mode: t(`waitingRoom.modes.${wanted}`) }), 'good'),
    onSettled: () => queries.invalidateQueries({ queryKey: ['admin', 'waiting-rooms'] }),
  });
  const switchTo = (wanted: WaitingRoomMode) =>
    wanted === 'off' && open && waiting > 0 ? setLettingIn(true) : change.mutate(wanted);
  return (
    <div className={css.room}>
      <h3>
        {t('waitingRoom.title')}{' '}
        <Badge tone={open ? 'warn' : 'neutral'}>{t(open ? 'waitingRoom.open' : 'waitingRoom.shut')}</Badge>
      </h3>
      <div className={css.modes} role="group" aria-label={t('waitingRoom.modeOf', { performance })}>
        {MODES.map((one) => (
          <Button
            key={one}
            kind={one === mode ? 'primary' : 'secondary'}
            aria-pressed={one === mode}
            busy={change.isPending && change.variables === one}
            onClick={() => switchTo(one)}
          >
            {t(`waitingRoom.modes.${one}`)}
          </Button>
        ))}
      </div>
      {open && (
        <dl className={css.numbers}>
          {(['waiting', 'admitted'] as const).map((name) => (
            <div key={name}>
              <dt>{t(`waitingRoom.${name}`)}</dt>
              <dd>{count(room[name], language)}</dd>
            </div>
          ))}
          <div>
            <dt>{t('waitingRoom.rate')}</dt>
            <dd>{count(ratePerSecond, language)}</dd>
          </div>
        </dl>
      )}
      <p className={css.hint}>{t('waitingRoom.hint')}</p>
      {change.isError && <Notice tone="bad">{failureText(change.error)}</Notice>}
      {lettingIn && (
        <Dialog
          title={t('waitingRoom.letInTitle')}
          onClose={() => setLettingIn(false)}
          actions={
            <>
              <Button kind="secondary" onClick={() => setLettingIn(false)}>
                {t('cancel', { ns: 'common' })}
              </Button>
              <Button
                kind="danger"
                onClick={() => {
                  setLettingIn(false);
                  change.mutate('off');
                }}
              >
                {t('waitingRoom.letInSubmit')}
              </Button>
            </>
          }
        >
          <p>{t('waitingRoom.letIn', { count: waiting })}</p>
        </Dialog>
      )}
    </div>
  );
};

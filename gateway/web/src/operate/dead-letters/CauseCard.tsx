import type { DeadLetter } from '@outerpark/contracts/http/operators';
import { useTranslation } from 'react-i18next';
import { Ago } from '../../ui/Ago';
import { Badge } from '../../ui/Badge';
import { Button } from '../../ui/Button';
import { CopyId } from '../../ui/CopyId';
import { Table } from '../../ui/Table';
import type { Act } from '../ActDialog';
import { useNames } from '../names';
import css from '../Operate.module.css';
import type { Group } from './groups';
import { useLetterActs } from './letter-acts';

/** Dead letters that failed alike: what of, how many, and what can be done. */
export const CauseCard = ({ group: { cause, letters }, onAct }: { group: Group; onAct: (act: Act) => void }) => {
  const { t } = useTranslation('operate');
  const names = useNames();
  const acts = useLetterActs();
  const type = cause.type ?? t('deadLetters.unknownType');
  return (
    <article className={css.card}>
      <header className={css.head}>
        <h2>{cause.type === null ? type : names.event(type)}</h2>
        <Badge tone="bad">{names.service(cause.service)}</Badge>
        <span className={css.soft}>
          <Ago at={cause.since} />
        </span>
      </header>
      <p className={css.error} lang="en">
        {cause.reason}
      </p>
      <p>
        {t('deadLetters.counts', {
          events: t('deadLetters.events', { count: cause.events }),
          aggregates: t('deadLetters.aggregates', { count: cause.aggregates }),
        })}
      </p>
      <div className={css.actions}>
        <Button
          kind="secondary"
          aria-label={t('deadLetters.replayCause', { reason: cause.reason, service: names.service(cause.service) })}
          onClick={() => onAct(acts.replayCause(cause))}
        >
          {t('deadLetters.replayAll')}
        </Button>
      </div>
      {letters.length > 0 && (
        <details>
          <summary>
            {t('deadLetters.list')} ({letters.length})
          </summary>
          <LetterTable letters={letters} onAct={onAct} />
          {letters.length < cause.events && <p className={css.soft}>{t('deadLetters.notShown')}</p>}
        </details>
      )}
    </article>
  );
};

const LetterTable = ({ letters, onAct }: { letters: DeadLetter[]; onAct: (act: Act) => void }) => {
  const { t } = useTranslation('operate');
  const acts = useLetterActs();
  return (
    <Table
      cards
      captionHidden
      caption={t('deadLetters.list')}
      rows={letters}
      rowKey={({ id }) => id}
      columns={[
        { key: 'id', header: t('deadLetters.message'), cell: ({ id }: DeadLetter) => <CopyId id={id} whole /> },
        { key: 'aggregate', header: t('deadLetters.aggregate'), cell: ({ aggregate }) => <CopyId id={aggregate} /> },
        {
          key: 'state',
          header: t('deadLetters.state'),
          cell: ({ queued }) =>
            queued ? <Badge>{t('deadLetters.queued')}</Badge> : <Badge tone="bad">{t('deadLetters.setAside')}</Badge>,
        },
        { key: 'since', header: t('deadLetters.since'), cell: ({ since }) => <Ago at={since} /> },
        {
          key: 'do',
          header: t('deadLetters.do'),
          cell: (letter) => (
            <div className={css.actions}>
              <Button
                kind="secondary"
                aria-label={t('deadLetters.replayOne', { id: letter.id })}
                onClick={() => onAct(acts.replay(letter))}
              >
                {t('act.replay')}
              </Button>
              <Button
                kind="danger"
                aria-label={t('deadLetters.discardOne', { id: letter.id })}
                onClick={() => onAct(acts.discard(letter))}
              >
                {t('act.discard')}
              </Button>
            </div>
          ),
        },
      ]}
    />
  );
};

import type { AttentionItem } from '@outerpark/contracts/http/operators';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Ago } from '../../ui/Ago';
import { Badge } from '../../ui/Badge';
import { Button } from '../../ui/Button';
import { CopyId } from '../../ui/CopyId';
import { useNames } from '../names';
import css from '../Operate.module.css';
import { placeOf } from './places';
import { useOffered } from './use-offered';

/** Something past its time: what it is, since when, and what can be done about it. */
export const AttentionCard = ({ item, onAct }: { item: AttentionItem; onAct: (action: string) => void }) => {
  const { t } = useTranslation('operate');
  const names = useNames();
  const place = placeOf(item);
  const { offered, live } = useOffered(item);
  return (
    <article className={css.card}>
      <header className={css.head}>
        <h2>{names.kind(item.kind)}</h2>
        <Badge>{names.service(item.service)}</Badge>
        <span className={css.soft}>
          <Ago at={item.since} />
        </span>
      </header>
      <p lang="en">{item.what}</p>
      {item.lastError !== null && (
        <div>
          <p className={css.soft}>{t('attention.lastError')}</p>
          <p className={css.error} lang="en">
            {item.lastError}
          </p>
        </div>
      )}
      <div className={css.actions}>
        <span className={css.soft}>{t('attention.subject')}</span>
        <CopyId id={item.subject} />
        {place && <Link to={place.to}>{t(`attention.${place.text}`)}</Link>}
      </div>
      {live && <p className={css.soft}>{t('attention.live')}</p>}
      {!place?.instead && offered.length > 0 && (
        <div className={css.actions}>
          {offered.map((action) => (
            <Button
              key={action}
              kind="secondary"
              aria-label={t('act.on', {
                action: names.action(action),
                what: `${names.kind(item.kind)} ${item.subject}`,
              })}
              onClick={() => onAct(action)}
            >
              {names.action(action)}
            </Button>
          ))}
        </div>
      )}
    </article>
  );
};

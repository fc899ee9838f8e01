import type { ReplicaReport } from '@outerpark/contracts/http/system';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { count } from '../../format/money';
import { span } from '../../format/span';
import { useLanguage } from '../../i18n/use-language';
import { Badge, type Tone } from '../../ui/Badge';
import { useNames } from '../names';
import { healthOf, type Level } from './health';
import { useReasonText } from './reason-text';
import css from './System.module.css';

const TONES: Record<Level, Tone> = { good: 'good', warn: 'warn', bad: 'bad', away: 'bad' };
const BREAKERS: Record<ReplicaReport['breakers'][0]['state'], Tone> = {
  closed: 'good',
  half_open: 'warn',
  open: 'bad',
};

/** One process: what it says of itself, or that it says nothing. */
export const ProcessCard = ({ report }: { report: ReplicaReport }) => {
  const { t } = useTranslation('operate');
  const [language] = useLanguage();
  const names = useNames();
  const health = healthOf(report);
  const { level } = health;
  const reasonText = useReasonText();
  const { service, url, reachable, uptimeSeconds, breakers, outbox, eventLoopDelaySeconds } = report;
  return (
    <article className={css.process} data-level={level}>
      <header>
        <h2>{names.service(service)}</h2>
        <Badge tone={TONES[level]}>{t(`system.levels.${level}`)}</Badge>
        <p className={css.url}>{url}</p>
      </header>
      {!reachable && <p>{health.reasons.map(reasonText).join(' ')}</p>}
      {reachable && (
        <>
          <dl className={css.facts}>
            {uptimeSeconds !== null && <Fact name={t('system.uptime')}>{span(uptimeSeconds * 1000, language)}</Fact>}
            <Fact name={t('system.ready')}>{report.ready ? t('system.yes') : t('system.no')}</Fact>
            {breakers.length > 0 && (
              <Fact name={t('system.breakers')}>
                <ul className={css.breakers}>
                  {breakers.map(({ name, state }) => (
                    <li key={name}>
                      {t('system.breakerTo', { name })}{' '}
                      <Badge tone={BREAKERS[state]}>{t(`system.states.${state}`)}</Badge>
                    </li>
                  ))}
                </ul>
              </Fact>
            )}
            {outbox && (
              <Fact name={t('system.outbox')}>
                {outbox.oldestSeconds === 0
                  ? t('system.outboxEmpty')
                  : t('system.outboxOldest', { span: span(outbox.oldestSeconds * 1000, language) })}
              </Fact>
            )}
            {eventLoopDelaySeconds !== undefined && (
              <Fact name={t('system.eventLoop')}>
                {t('system.eventLoopDelay', { span: span(eventLoopDelaySeconds * 1000, language) })}
              </Fact>
            )}
          </dl>
          {report.consumers.length > 0 && <Consumers report={report} />}
        </>
      )}
    </article>
  );
};

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

const Consumers = ({ report: { service, consumers } }: { report: ReplicaReport }) => {
  const { t } = useTranslation('operate');
  const [language] = useLanguage();
  const names = useNames();
  return (
    <table className={css.consumers}>
      <caption className="visually-hidden">{t('system.consumersOf', { name: names.service(service) })}</caption>
      <thead>
        <tr>
          <th scope="col">{t('system.topic')}</th>
          <th scope="col" title={t('system.lagTitle')}>
            {t('system.lag')}
          </th>
          <th scope="col">{t('system.behind')}</th>
        </tr>
      </thead>
      <tbody>
        {consumers.map(({ topic, lag, behindSeconds }) => (
          <tr key={topic}>
            <th scope="row">{topic}</th>
            <td>{lag === null ? t('system.unseen') : count(lag, language)}</td>
            <td>{behindSeconds === undefined ? '–' : span(behindSeconds * 1000, language)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

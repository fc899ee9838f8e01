import { useTranslation } from 'react-i18next';
import css from './Reserve.module.css';

const STEPS = ['choose', 'review', 'reserved'] as const;

export const Steps = ({ at }: { at: (typeof STEPS)[number] }) => {
  const { t } = useTranslation('customer');
  return (
    <ol className={css.steps} aria-label={t('reserve.steps')}>
      {STEPS.map((step, index) => (
        <li
          key={step}
          aria-current={step === at ? 'step' : undefined}
          data-done={index < STEPS.indexOf(at) || undefined}
        >
          <span aria-hidden>{index + 1}</span>
          {t(`reserve.${step}`)}
        </li>
      ))}
    </ol>
  );
};

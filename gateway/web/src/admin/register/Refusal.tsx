import { useTranslation } from 'react-i18next';
import { failureIn } from '../../api/failure';
import { useFailureText } from '../../api/failure-text';
import { isUnsettled } from '../../api/intention';
import { Notice } from '../../ui/Notice';
import { faultsOf } from './request';

/** Why it was not registered, above the button; what belongs to a field stands at the field. */
export const Refusal = ({ error }: { error: unknown }) => {
  const { t } = useTranslation('admin');
  const failureText = useFailureText();
  const failure = failureIn(error);
  const { known, others } = faultsOf(failure.errors);
  return (
    <Notice tone="bad" title={t('register.refused')}>
      <p>
        {failureText(error)} {isUnsettled(failure) && t('register.unknownOutcome')}{' '}
        {known.length > 0 && t('register.faultsHere')}
      </p>
      {others.length > 0 && (
        <ul lang="en">
          {others.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              <code>{path}</code> {message}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
};

import { useTranslation } from 'react-i18next';
import { failureIn, type Failure } from './failure';

/** The key of the sentence that tells people of a failure; pages say more where they know more. */
export const failureKey = ({ kind, status }: Pick<Failure, 'kind' | 'status'>) => {
  if (kind === 'offline') return 'errors.offline';
  if (status === 401) return 'errors.unauthenticated';
  if (status === 403) return 'errors.forbidden';
  if (status === 404) return 'errors.notFound';
  if (status === 429) return 'errors.tooMany';
  if (status === 502 || status === 503 || status === 504) return 'errors.unavailable';
  if (status === 400 || status === 413 || status === 415 || status === 422) return 'errors.invalid';
  return 'errors.unknown';
};

/** `const failureText = useFailureText(); failureText(error)` */
export const useFailureText = () => {
  const { t } = useTranslation();
  return (error: unknown): string => {
    const failure = failureIn(error);
    return t(failureKey(failure), { seconds: failure.retryAfterSeconds ?? 10 });
  };
};

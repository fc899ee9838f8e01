import { get, set, useFormContext, useFormState, type FieldErrors, type Resolver } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { VENUE_ZONE } from '../../format/time';
import { requestOf, type FaultKey, type MusicalForm } from './request';

/** Tells React Hook Form what is wrong, by the contract: a message is the key of its sentence. */
export const resolveForm: Resolver<MusicalForm> = (form) => {
  const read = requestOf(form, VENUE_ZONE);
  if ('request' in read) return { values: form, errors: {} };
  const errors: FieldErrors<MusicalForm> = {};
  for (const { field, key } of read.faults) set(errors, field, { type: key, message: key });
  return { values: {}, errors };
};

/**
 * `fault('performances.0.venue')`: the sentence about a field, undefined while nothing is wrong with it, or while it is new: a row that
 * was just added is empty, and nobody has been there yet.
 */
export const useFault = () => {
  const { t } = useTranslation('admin');
  const { getValues } = useFormContext<MusicalForm>();
  const { errors, touchedFields, isSubmitted } = useFormState<MusicalForm>();
  return (field: string): string | undefined => {
    const error: unknown = get(errors, field);
    const key = (error as { message?: FaultKey } | undefined)?.message;
    const isNew = !isSubmitted && get(touchedFields, field) === undefined && getValues(field as 'name') === '';
    return isNew ? undefined : key && t(`register.faults.${key}`);
  };
};

import type { Musical } from '@outerpark/contracts/http/musicals';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { FormProvider, useForm, useWatch } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { call } from '../../api/call';
import { failureIn } from '../../api/failure';
import { useIntention } from '../../api/intention';
import { PageTitle } from '../../app/PageTitle';
import { VENUE_ZONE } from '../../format/time';
import { useAnnounce } from '../../ui/Announcer';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { useLeaveGuard } from '../../ui/leave-guard';
import { Notice } from '../../ui/Notice';
import css from '../Admin.module.css';
import { dropDraft, keepDraft, readDraft } from './draft';
import { NameField } from './NameField';
import { PerformanceList } from './PerformanceList';
import { RegisterSum } from './RegisterSum';
import { Refusal } from './Refusal';
import { EMPTY_FORM, faultsOf, requestOf, type MusicalForm, type MusicalRequest } from './request';
import { resolveForm } from './resolver';

const REGISTER = ['admin', 'register'];

/** A new musical. It is registered once, however often the button is pressed; what is unsaved is kept in the tab. */
export const RegisterPage = () => {
  const { t } = useTranslation('admin');
  const announce = useAnnounce();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const intention = useIntention('register');
  const [draft, setDraft] = useState(readDraft);
  const form = useForm<MusicalForm>({
    defaultValues: draft ?? EMPTY_FORM,
    resolver: resolveForm,
    mode: 'all',
    shouldFocusError: true,
  });
  const { control, handleSubmit, reset, setError } = form;
  const written = useWatch({ control }) as MusicalForm;
  const register = useMutation({
    mutationKey: REGISTER,
    mutationFn: (body: MusicalRequest) =>
      call<Musical>('/api/musicals', { method: 'POST', body, key: intention.keyFor(body) }),
    onSuccess: async ({ id, name }) => {
      dropDraft();
      announce(t('register.done', { name }), 'good');
      await queries.invalidateQueries({ queryKey: ['admin', 'musicals'] });
      await navigate(`/admin/musicals/${id}`);
    },
    onError: (error) => {
      const { known } = faultsOf(failureIn(error).errors);
      known.forEach(({ field, key }, index) =>
        setError(field as 'name', { type: 'refused', message: key }, { shouldFocus: index === 0 }),
      );
    },
    onSettled: (_, error) => intention.settled(error),
  });
  const unsaved = !register.isSuccess && JSON.stringify(written) !== JSON.stringify(EMPTY_FORM);
  const leaving = useLeaveGuard(unsaved);

  useEffect(() => {
    if (!register.isSuccess) keepDraft(written);
  }, [written, register.isSuccess]);

  const submit = handleSubmit((values) => {
    const read = requestOf(values, VENUE_ZONE);
    // Pressed twice at once, the second finds the first under way before anything is drawn again.
    const underWay = queries.isMutating({ mutationKey: REGISTER }) > 0 || register.isSuccess;
    if ('request' in read && !underWay) register.mutate(read.request);
  });
  const beginAnew = () => {
    setDraft(undefined);
    reset(EMPTY_FORM);
  };

  return (
    <FormProvider {...form}>
      <PageTitle>{t('register.title')}</PageTitle>
      <p className={css.soft}>{t('register.intro')}</p>
      <form noValidate className={css.stack} onSubmit={(event) => void submit(event)}>
        {draft && (
          <Notice tone="info" urgent={false} title={t('register.draftKept')}>
            <Button kind="secondary" onClick={beginAnew}>
              {t('register.draftDrop')}
            </Button>
          </Notice>
        )}
        <NameField />
        <PerformanceList />
        <RegisterSum />
        {register.isError && <Refusal error={register.error} />}
        <Button type="submit" className={css.submit} busy={register.isPending}>
          {register.isPending ? t('register.submitting') : t('register.submit')}
        </Button>
      </form>
      {leaving.to !== null && (
        <Dialog
          title={t('leave.title')}
          onClose={leaving.stay}
          actions={
            <>
              <Button kind="secondary" onClick={leaving.stay}>
                {t('leave.stay')}
              </Button>
              <Button kind="danger" onClick={leaving.leave}>
                {t('leave.go')}
              </Button>
            </>
          }
        >
          <p>{t('leave.text')}</p>
        </Dialog>
      )}
    </FormProvider>
  );
};

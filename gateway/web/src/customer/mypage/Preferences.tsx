import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CustomerPreferences, NotificationPreferences } from '@outerpark/contracts/http/notifications';
import { useForm, useWatch } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/call';
import { useFailureText } from '../../api/failure-text';
import { languages } from '../../i18n/language';
import { useAnnounce } from '../../ui/Announcer';
import { Button } from '../../ui/Button';
import css from './MyPage.module.css';

const ADDRESS = '/api/notifications/preferences';
const KEY = ['preferences'];

/** How the customer wants to hear of reservations. Not shown while the notification service cannot say. */
export const Preferences = () => {
  const offered = useQuery({
    queryKey: KEY,
    queryFn: () => call<CustomerPreferences>(ADDRESS),
    retry: false,
    staleTime: 60_000,
  });
  return offered.data ? <PreferencesForm offered={offered.data} /> : null;
};

const PreferencesForm = ({ offered: { available, ...wishes } }: { offered: CustomerPreferences }) => {
  const { t } = useTranslation(['customer', 'common']);
  const queries = useQueryClient();
  const announce = useAnnounce();
  const failureText = useFailureText();
  const { register, handleSubmit, control, formState } = useForm<NotificationPreferences>({ values: wishes });
  const save = useMutation({
    mutationFn: (body: NotificationPreferences) => call<CustomerPreferences>(ADDRESS, { method: 'PUT', body }),
    onSuccess: (saved) => {
      queries.setQueryData(KEY, saved);
      announce(t('preferences.saved'), 'good');
    },
    onError: (error) => announce(failureText(error), 'bad'),
  });
  const chosen = useWatch({ control, name: 'channels' });
  const deaf = !available.some((channel) => chosen[channel]);
  return (
    <form
      className={css.preferences}
      aria-label={t('preferences.title')}
      onSubmit={(event) => void handleSubmit((body) => save.mutate(body))(event)}
    >
      <h2>{t('preferences.title')}</h2>
      <p>{t('preferences.text')}</p>
      <fieldset>
        <legend>{t('preferences.language')}</legend>
        {languages.map((language) => (
          <label key={language} lang={language}>
            <input type="radio" value={language} {...register('language')} />
            {t(`common:language.${language}`)}
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>{t('preferences.channels')}</legend>
        {available.map((channel) => (
          <label key={channel}>
            <input type="checkbox" {...register(`channels.${channel}`)} />
            {t(`preferences.${channel}`)}
          </label>
        ))}
      </fieldset>
      {deaf && <p role="status">{t('preferences.none')}</p>}
      <Button type="submit" kind="secondary" busy={save.isPending} disabled={!formState.isDirty}>
        {t('common:save')}
      </Button>
    </form>
  );
};

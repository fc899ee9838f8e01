import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { PageTitle } from '../../app/PageTitle';
import { Button } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { Field } from '../../ui/Field';
import { Loading } from '../../ui/Loading';
import css from '../Operate.module.css';
import { StoryHead } from './StoryHead';
import { StoryTimeline } from './StoryTimeline';
import { tellStory } from './tell';

const EVERY_SECONDS = 3;

/** All that happened to one reservation, or under one correlation id: the id is in the page's address. */
export const StoryPage = () => {
  const { t } = useTranslation('operate');
  const [address, setAddress] = useSearchParams();
  const id = (address.get('id') ?? '').trim();
  const story = useQuery({
    queryKey: ['operate', 'story', id],
    queryFn: ({ signal }) => tellStory(id, signal),
    enabled: id !== '',
    refetchInterval: EVERY_SECONDS * 1000,
  });
  return (
    <>
      <PageTitle>{t('story.title')}</PageTitle>
      <p className={css.intro}>{t('story.intro')}</p>
      <form
        role="search"
        className={css.ask}
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = new FormData(event.currentTarget).get('id');
          if (typeof wanted === 'string' && wanted.trim() !== '') setAddress({ id: wanted.trim() });
        }}
      >
        <Field
          key={id}
          label={t('story.label')}
          name="id"
          defaultValue={id}
          required
          maxLength={255}
          autoComplete="off"
          spellCheck={false}
        />
        <Button type="submit">{t('story.submit')}</Button>
      </form>
      {id !== '' && story.isPending && <Loading />}
      {story.isLoadingError && <ErrorState error={story.error} onRetry={() => void story.refetch()} />}
      {story.data === null && <EmptyState title={t('story.none')} text={t('story.noneText')} />}
      {story.data && (
        <div className={css.stack}>
          <StoryHead told={story.data} />
          <StoryTimeline
            events={story.data.events}
            ofReservation={story.data.reservationId !== null}
            more={story.data.more}
          />
        </div>
      )}
    </>
  );
};

import { useTranslation } from 'react-i18next';
import { Button } from './Button';
import css from './States.module.css';

interface ShowMoreProps {
  /** A list that is read page by page. */
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
}

/** Reads the next page of a list, while there is one. */
export const ShowMore = ({ list }: ShowMoreProps) => {
  const { t } = useTranslation();
  if (!list.hasNextPage) return null;
  return (
    <Button
      kind="secondary"
      className={css.more}
      busy={list.isFetchingNextPage}
      onClick={() => void list.fetchNextPage()}
    >
      {t('more')}
    </Button>
  );
};

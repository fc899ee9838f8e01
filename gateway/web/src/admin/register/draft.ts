import { EMPTY_FORM, type MusicalForm } from './request';

const NAME = 'outerpark.register';

/** What was begun in this tab before and is not registered; undefined when there is nothing. */
export const readDraft = (): MusicalForm | undefined => {
  const kept = sessionStorage.getItem(NAME);
  return kept === null ? undefined : (JSON.parse(kept) as MusicalForm);
};

export const keepDraft = (form: MusicalForm): void => {
  if (JSON.stringify(form) === JSON.stringify(EMPTY_FORM)) dropDraft();
  else sessionStorage.setItem(NAME, JSON.stringify(form));
};

export const dropDraft = (): void => sessionStorage.removeItem(NAME);

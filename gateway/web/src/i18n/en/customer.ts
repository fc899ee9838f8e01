export const customer = {
  title: 'Musicals',
};

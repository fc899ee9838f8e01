import { channelsFor, preferencesOf } from './channels';

test('who has never chosen is told by e-mail, in the language of the contact', () => {
  expect(channelsFor(undefined, ['email', 'chat'])).toEqual(['email']);
  expect(preferencesOf(undefined, 'en')).toEqual({ language: 'en', channels: { email: true, chat: false } });
});

test.each([
  [{ email: true, chat: true }, ['email', 'chat']],
  [{ email: false, chat: true }, ['chat']],
  [{ email: false, chat: false }, ['mypage']],
])('whoever chose %j is told by %j', (chosen, channels) => {
  expect(channelsFor(chosen, ['email', 'chat'])).toEqual(channels);
});

test('a channel that the operator does not have is as if it were off', () => {
  expect(channelsFor({ email: true, chat: true }, ['email'])).toEqual(['email']);
  expect(channelsFor({ email: false, chat: true }, ['email'])).toEqual(['mypage']);
});

import { eventually } from './eventually';

test('answers as soon as the check passes', async () => {
  let tries = 0;
  const check = () => {
    if (++tries < 3) throw new Error('not yet');
    return 'done';
  };
  await expect(eventually(check, { everyMs: 1 })).resolves.toBe('done');
});

test('fails with what was wrong last', async () => {
  let tries = 0;
  const check = () => Promise.reject(new Error(`try ${++tries}`));
  await expect(eventually(check, { withinMs: 0, everyMs: 1 })).rejects.toThrow('try 1');
});

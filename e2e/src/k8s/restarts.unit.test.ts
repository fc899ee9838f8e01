import type { Pod } from './pods';
import { disturbed } from './restarts';

const pod = (name: string, uid: string, restarts = 0, phase = 'Running'): Pod => ({
  ...{ name, uid, restarts, component: 'musical', ip: '10.0.0.1', phase },
  ...{ ready: true, startedAt: 0, deleting: false, image: 'outerpark/services:1' },
});

test('a pod that was restarted, replaced or taken away was disturbed, neither a new one beside it nor a job that was over', () => {
  const before = [pod('a', '1'), pod('b', '2', 3), pod('c', '3'), pod('d', '4'), pod('job', '5', 0, 'Succeeded')];
  const after = [pod('a', '1'), pod('b', '2', 5), pod('c', '33'), pod('e', '6')];
  expect(disturbed(before, after)).toEqual(['b was restarted 2 times', 'c is gone', 'd is gone']);
});

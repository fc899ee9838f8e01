import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPoints, markOf } from './points';

let dir: string;
const kill = jest.spyOn(process, 'kill').mockReturnValue(true);

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'points-'));
  kill.mockClear();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const arm = () => createPoints({ points: ['before send', 'before mark'], signal: 'SIGSTOP', nth: 2, dir });

test('a point is hit at its nth passing, and that is noted before the signal comes', () => {
  const pass = arm();
  pass('before send');
  expect(kill).not.toHaveBeenCalled();
  kill.mockImplementationOnce(() => {
    expect(existsSync(markOf(dir, 'before send'))).toBe(true);
    return true;
  });
  pass('before send');
  expect(kill).toHaveBeenCalledTimes(1);
  expect(kill).toHaveBeenCalledWith(process.pid, 'SIGSTOP');
});

test('the next point has its turn when the first was hit, also in the process that comes after it', () => {
  const first = arm();
  for (let times = 0; times < 5; times++) first('before mark');
  expect(kill).not.toHaveBeenCalled();
  first('before send');
  first('before send');
  const second = arm();
  second('before send');
  second('before send');
  expect(kill).toHaveBeenCalledTimes(1);
  second('before mark');
  second('before mark');
  second('before mark');
  expect(kill).toHaveBeenCalledTimes(2);
  expect(existsSync(markOf(dir, 'before mark'))).toBe(true);
});

test('without points nothing is ever hit', () => {
  const pass = createPoints({ points: [], signal: 'SIGKILL', nth: 1, dir });
  pass('before send');
  expect(kill).not.toHaveBeenCalled();
});

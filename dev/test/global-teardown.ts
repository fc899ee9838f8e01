import { rmSync } from 'node:fs';
import { servers } from './servers';

const tearDown = async (): Promise<void> => {
  const { dir, stop, lifeline } = servers;
  if (!dir) return;
  delete servers.dir;
  await stop?.();
  rmSync(dir, { recursive: true, force: true });
  lifeline?.();
};
export default tearDown;

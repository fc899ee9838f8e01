import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LoadPlan, LoadResult, Progress } from './plan';

export interface Load {
  progress(): Progress;
  /** Begins nothing more; resolves when every answer has come. Asked again it gives the same. */
  stop(): Promise<LoadResult>;
}

export function startLoad(plan: LoadPlan): Load {
  const worker = new Worker(join(__dirname, 'worker.js'), { workerData: plan });
  let progress: Progress = { requests: 0, latest: [] };
  const ended = new Promise<LoadResult>((resolve, reject) => {
    worker.on('message', (message: { progress?: Progress; result?: LoadResult }) => {
      if (message.progress) progress = message.progress;
      if (message.result) resolve(message.result);
    });
    worker.once('error', reject);
  });
  ended.catch(() => undefined);
  return {
    progress: () => progress,
    stop: () => {
      worker.postMessage('stop');
      return ended;
    },
  };
}

import type { Release } from './release';

/** What a debugger may do to the first process of a pod. Waiting for a lock that nobody opens takes no CPU from the others. */
export const HANG = 'void setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 200)';
export const CRASH = 'void setTimeout(() => process.abort(), 200)';

/**
 * Evaluates an expression in the first process of a pod: SIGUSR1 opens node's inspector, which listens inside the pod only, and a second
 * node beside it speaks to it. So it needs nothing of a cluster but `kubectl exec`.
 */
export const evaluateIn = ({ exec }: Release, pod: string, expression: string): Promise<string> =>
  exec(pod, ['node', '-e', DEBUGGER, '--', expression]);

const DEBUGGER = `
const found = async () => {
  for (;;) {
    try {
      return (await (await fetch('http://127.0.0.1:9229/json/list')).json())[0].webSocketDebuggerUrl;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
};
process.kill(1, 'SIGUSR1');
setTimeout(() => process.exit(1), 10_000);
found().then((url) => {
  const socket = new WebSocket(url);
  socket.onopen = () => {
    const params = { expression: process.argv.at(-1) };
    socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
  };
  socket.onmessage = () => process.exit(0);
});
`;

// Checks the alerts and tries them with promtool. It is found on PATH, or at PROMTOOL.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const promtool = process.env.PROMTOOL || 'promtool';

for (const [command, file] of [
  ['check', 'chart/files/alerts.yaml'],
  ['test', 'alerts.test.yaml'],
]) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const { error, status } = spawnSync(promtool, [command, 'rules', path], { stdio: 'inherit' });
  if (error) {
    console.error(
      `${promtool} cannot be run (${error.message}): install Prometheus (apt-get install prometheus), or say by PROMTOOL where it is.`,
    );
  }
  if (status !== 0) process.exit(1);
}

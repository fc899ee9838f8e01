// Writes k8s/outerpark.yaml, for kubectl apply, from the chart; with --check only says whether it is in step. Helm is found on PATH, or at HELM.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const manifest = here('outerpark.yaml');
const helm = process.env.HELM || 'helm';

const { error, status, stdout, stderr } = spawnSync(
  helm,
  ['template', 'outerpark', here('chart'), '--values', here('outerpark.values.yaml'), '--no-hooks'],
  { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
);
if (error) fail(`${helm} cannot be run (${error.message}): install Helm, or say by HELM where it is.`);
if (status !== 0) fail(stderr);

const head = `# Made by npm run k8s:render from k8s/chart with k8s/outerpark.values.yaml: change those. For trials: kubectl apply -f k8s/outerpark.yaml
`;
const rendered = head + stdout.replace(/^(\s*app\.kubernetes\.io\/managed-by:) Helm$/gm, '$1 kubectl');

if (process.argv[2] === '--check') {
  if (readFileSync(manifest, 'utf8') !== rendered)
    fail('k8s/outerpark.yaml is not what the chart renders: npm run k8s:render');
  console.log('k8s/outerpark.yaml is in step with the chart');
} else {
  writeFileSync(manifest, rendered);
  console.log(`k8s/outerpark.yaml: ${rendered.split('\n---\n').length - 1} resources`);
}

function fail(message) {
  console.error(message.trim());
  process.exit(1);
}

// Fails when a first visit loads too much JavaScript: what index.html asks for and everything that this imports at once, as gzip.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const MOST_KB = 200;
const dist = new URL('dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

const loaded = new Set();
const load = (name) => {
  if (loaded.has(name)) return;
  loaded.add(name);
  for (const imported of manifest[name].imports ?? []) load(imported);
};
load('index.html');

const files = [...loaded].map((name) => manifest[name].file).filter((file) => file.endsWith('.js'));
const kilobytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist))).length / 1000, 0);
console.log(`web: a first load is ${kilobytes.toFixed(1)} kB of JavaScript (gzip), at most ${MOST_KB}`);
if (kilobytes > MOST_KB) process.exit(1);

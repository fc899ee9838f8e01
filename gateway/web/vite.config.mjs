import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const contracts = fileURLToPath(new URL('../../packages/contracts/src', import.meta.url));
const gateway = process.env.OUTERPARK_GATEWAY ?? 'http://localhost:8080';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  // The sources and not the CommonJS build, so that only what is used is bundled.
  resolve: { alias: [{ find: /^@outerpark\/contracts\/(.+)$/, replacement: `${contracts}/$1.ts` }] },
  build: {
    // Nothing inline: the gateway's Content-Security-Policy allows our own files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
  },
  server: {
    port: 5173,
    proxy: { '/api': { target: gateway }, '/auth': { target: gateway } },
  },
});

import { fileURLToPath } from 'node:url';

import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';

import { compiledBeside } from './build/compiled-beside.ts';
import { offlineShell } from './build/offline-shell.ts';
import { packed } from './build/packed.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where `npm run revenue:start` has the engine listen. */
const engine = 'http://127.0.0.1:8750';

const config: UserConfig = {
  root: here('.'),
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    target: 'es2022',
    // The policy of the pages takes nothing from a `data:` address but pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What every page needs comes in one file: a phone pays for each request.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
    },
  },
  server: { host: '127.0.0.1', proxy: { '/api': { target: engine, changeOrigin: true } } },
  plugins: [react(), tailwind(), compiledBeside(), offlineShell(), packed()],
};

export default defineConfig(({ command }) => {
  // Whoever builds may be a test or a developer: what owners get is the same.
  if (command === 'build') process.env['NODE_ENV'] = 'production';
  return config;
});

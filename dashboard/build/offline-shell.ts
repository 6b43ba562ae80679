import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Plugin } from 'vite';

const worker = join(import.meta.dirname, 'service-worker.js');
const publicFolder = join(import.meta.dirname, '..', 'public');

/**
 * Writes the service worker with the list of what the screen is made of. Its text changes with any
 * of these files, which is how a browser learns that there is a new version.
 */
export const offlineShell = (): Plugin => ({
  name: 'offline-shell',
  apply: 'build',
  generateBundle(_options, bundle) {
    const built = Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name));
    const files = [...built, ...readdirSync(publicFolder)].map((name) => `/${name}`).toSorted();
    const digest = createHash('sha256');
    for (const file of files) digest.update(file);
    for (const file of readdirSync(publicFolder))
      digest.update(readFileSync(join(publicFolder, file)));
    digest.update(readFileSync(join(publicFolder, '..', 'index.html')));
    const source = readFileSync(worker, 'utf8')
      .replace('__VERSION__', digest.digest('hex').slice(0, 16))
      .replace("'__FILES__'", JSON.stringify(['/', ...files]));
    this.emitFile({ type: 'asset', fileName: 'service-worker.js', source });
  },
});

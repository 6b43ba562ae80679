import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

const worthIt = /\.(js|css|html|svg|webmanifest)$/;

/** Packs files once, when they are built, so that the engine need not do it for each visitor. */
export const packed = (): Plugin => ({
  name: 'packed',
  apply: 'build',
  enforce: 'post',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      for (const [name, file] of Object.entries(bundle)) {
        if (!worthIt.test(name)) continue;
        const bytes = Buffer.from(file.type === 'chunk' ? file.code : file.source);
        const parameters = { [constants.BROTLI_PARAM_QUALITY]: 9 };
        const source = brotliCompressSync(bytes, { params: parameters });
        this.emitFile({ type: 'asset', fileName: `${name}.br`, source });
        this.emitFile({ type: 'asset', fileName: `${name}.gz`, source: gzipSync(bytes) });
      }
    },
  },
});

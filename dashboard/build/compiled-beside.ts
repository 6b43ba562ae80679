import type { Plugin } from 'vite';

/**
 * Has Chromium compile what every page begins with beside the page's own thread, while it is still
 * read, and not function by function when it is called. Other browsers read a comment.
 * https://developer.chrome.com/docs/web-platform/explicit-compile-hints
 */
export const compiledBeside = (): Plugin => ({
  name: 'compiled-beside',
  enforce: 'post',
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk' && file.isEntry) {
          file.code = `//# allFunctionsCalledOnLoad\n${file.code}`;
        }
      }
    },
  },
});

import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { App } from './app.ts';

/**
 * Everything the owner's screen may do: its own files and its own engine, and nothing of anybody
 * else's. No inline script or style; a frame around it could guide a hand.
 * OWASP Content Security Policy Cheat Sheet.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const building = `<!doctype html><html lang="en"><meta charset="utf-8">
<meta http-equiv="refresh" content="2"><title>QMOI Revenue</title>
<p>The screen is being built. This page loads it by itself in some seconds.</p>
<p>If it does not, the engine's log says why. Everything works on the command line meanwhile.</p>`;

/** Names of built files carry a digest of what is in them. */
const builtFile = /^\/assets\//;
const anyFile = /\.[a-z0-9]+$/i;
const notPages = /^\/(api|hooks)(\/|$)/;

/**
 * Serves the screen: a file where the address is one, and otherwise the page itself, which knows
 * its own addresses. `folder` may be filled after the start.
 */
export async function addScreen(app: App, folder: string): Promise<void> {
  await app.register(async (pages) => {
    await pages.register(fastifyStatic, {
      root: folder,
      serve: false,
      preCompressed: true,
      cacheControl: false,
      dotfiles: 'deny',
    });
    pages.get(
      '/*',
      { config: { access: 'public' }, schema: { hide: true } },
      async (request, reply) => {
        const [path = '/'] = request.url.split('?');
        if (anyFile.test(path) && !notPages.test(path)) return sendFile(reply, path);
        if (!wantsPage(request, path)) return reply.callNotFound();
        return sendFile(reply, '/index.html');
      },
    );
    pages.setErrorHandler((error, request, reply) => {
      const { code } = error instanceof Error && 'code' in error ? error : { code: undefined };
      // Not built yet: the folder is not there.
      if (code !== 'ENOENT' || !wantsPage(request, request.url)) throw error;
      return reply.code(503).header('retry-after', '2').type('text/html').send(building);
    });
  });
}

const wantsPage = ({ headers }: FastifyRequest, path: string): boolean =>
  !notPages.test(path) && /\btext\/html\b/.test(headers.accept ?? '');

function sendFile(reply: FastifyReply, path: string): FastifyReply {
  return reply
    .headers({
      'content-security-policy': policy,
      'cache-control': builtFile.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
    })
    .sendFile(decodeURI(path).slice(1));
}

import type { EpochMs } from '#kernel';
import { isLoopback } from '#security';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A token as it was shown, and how. */
export interface Presented {
  readonly token: string;
  readonly by: 'header' | 'cookie';
}

const bearer = /^Bearer +([\w.~+/=-]{1,512})$/i;

// `__Host-` makes a browser refuse the cookie from another host of the domain or without TLS; over
// plain loopback no browser would keep it.
const cookieNameFor = (request: FastifyRequest): string =>
  request.protocol === 'https' ? '__Host-qmoi_session' : 'qmoi_session';

/** A header that is there decides, even a wrong one: a cookie never stands in for it. */
export function presentedBy(request: FastifyRequest): Presented | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = bearer.exec(authorization)?.[1];
    return token === undefined ? undefined : { token, by: 'header' };
  }
  const token = request.cookies[cookieNameFor(request)];
  return token === undefined || token === '' ? undefined : { token, by: 'cookie' };
}

const attributesFor = (request: FastifyRequest) =>
  ({
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: request.protocol === 'https',
  }) as const;

/** Over plain HTTP only this machine gets a cookie: anybody between could read it. */
export function giveCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  session: { readonly token: string; readonly now: EpochMs; readonly expiresAt: EpochMs },
): void {
  if (request.protocol !== 'https' && !isLoopback(request.ip)) return;
  const maxAge = Math.max(0, Math.floor((session.expiresAt - session.now) / 1000));
  reply.setCookie(cookieNameFor(request), session.token, { ...attributesFor(request), maxAge });
}

export const takeCookieBack = (request: FastifyRequest, reply: FastifyReply): void =>
  void reply.clearCookie(cookieNameFor(request), attributesFor(request));

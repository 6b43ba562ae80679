import { invariant, type Clock, type EpochMs } from '#kernel';
import { isDatabaseAway } from '#platform/db';
import type { LocalAccess, MasterActor, Session, Sessions } from '#security';
import type { FastifyRequest } from 'fastify';

import { ProblemRaised } from './problem.ts';
import { presentedBy, type Presented } from './session-cookie.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Open to anybody. Whatever does not say so needs a session or the local token. */
    readonly access?: 'public';
  }
}

/** Who asks. The command line has no session. */
export interface Principal {
  readonly actor: MasterActor | { readonly kind: 'cli' };
  readonly session: Session | undefined;
  readonly token: string;
}

export interface Access {
  /** Open to anybody: nobody need be admitted. */
  isOpen(request: FastifyRequest): boolean;
  /** Raises a problem unless the request may pass. */
  admit(request: FastifyRequest): Promise<void>;
  /** Who was admitted; asking it of a public route is a defect. */
  principalOf(request: FastifyRequest): Principal;
}

const safeMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];
/** As long as an idle session lives: nobody is remembered beyond it. */
const rememberedForMs = 15 * 60_000;
const rememberedMax = 100;

export function createAccess(deps: {
  readonly clock: Clock;
  readonly sessions: Pick<Sessions, 'authenticate'>;
  readonly localAccess: Pick<LocalAccess, 'matches'>;
}): Access {
  const admitted = new WeakMap<FastifyRequest, Principal>();
  const memory = createMemory(deps.clock);

  const masterOf = async (token: string, isSafe: boolean): Promise<Principal | undefined> => {
    try {
      const found = await deps.sessions.authenticate(token);
      memory.forget(token);
      if (!found.ok) return undefined;
      const principal = { ...found.value, token };
      memory.keep(principal);
      return principal;
    } catch (error) {
      // Looking is allowed while the database is away, to those who were seen just before.
      const known = isSafe && isDatabaseAway(error) ? memory.recall(token) : undefined;
      if (known === undefined) throw error;
      return known;
    }
  };

  const identify = (
    { token, by }: Presented,
    request: FastifyRequest,
  ): Promise<Principal | undefined> => {
    const source = request.socket.remoteAddress ?? '';
    if (by === 'header' && deps.localAccess.matches({ token, source })) {
      return Promise.resolve({ actor: { kind: 'cli' }, session: undefined, token });
    }
    return masterOf(token, safeMethods.includes(request.method));
  };

  const isOpen = (request: FastifyRequest): boolean =>
    request.is404 || request.routeOptions.config.access === 'public';

  return {
    isOpen,

    admit: async (request) => {
      const presented = presentedBy(request);
      if (presented === undefined) throw notLoggedIn();
      if (presented.by === 'cookie' && !safeMethods.includes(request.method)) {
        requireOwnOrigin(request);
      }
      const principal = await identify(presented, request);
      if (principal === undefined) throw notLoggedIn();
      admitted.set(request, principal);
    },

    principalOf: (request) => {
      const principal = admitted.get(request);
      invariant(principal !== undefined, 'only an admitted request has a principal');
      return principal;
    },
  };
}

const notLoggedIn = (): ProblemRaised =>
  new ProblemRaised(
    'not-logged-in',
    'Log in at POST /api/qmoi/master/login and send the token as Authorization: Bearer.',
    { headers: { 'www-authenticate': 'Bearer realm="qmoi"' } },
  );

/** A browser sends cookies along for any site, but says which site it asks for. */
function requireOwnOrigin(request: FastifyRequest): void {
  const { origin } = request.headers;
  if (origin !== undefined && URL.parse(origin)?.host === request.host.toLowerCase()) return;
  throw new ProblemRaised(
    'foreign-origin',
    'A request with a session cookie must come from the dashboard itself. ' +
      'Programs send the token as Authorization: Bearer instead.',
  );
}

interface Memory {
  keep(principal: Principal): void;
  forget(token: string): void;
  recall(token: string): Principal | undefined;
}

function createMemory(clock: Clock): Memory {
  const known = new Map<string, { readonly principal: Principal; readonly seenAt: EpochMs }>();
  return {
    keep: (principal) => {
      known.set(principal.token, { principal, seenAt: clock.now() });
      for (const token of known.keys()) {
        if (known.size <= rememberedMax) break;
        known.delete(token);
      }
    },
    forget: (token) => void known.delete(token),
    recall: (token) => {
      const found = known.get(token);
      if (found === undefined) return undefined;
      const overAt = Math.min(
        found.seenAt + rememberedForMs,
        found.principal.session?.expiresAt ?? 0,
      );
      return clock.now() < overAt ? found.principal : undefined;
    },
  };
}

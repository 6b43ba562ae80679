import type { Clock, RailId } from '#kernel';
import {
  isAccessToken,
  type AccessToken,
  type MintToken,
  type TokenKeeper,
  type TokenRefusal,
} from './token.ts';

/** A token with less life than this might die on its way to the provider. */
const refreshMarginMs = 60_000;

/**
 * Tokens of one process: for tests and for an engine that runs as a single process. Callers who
 * come while a token is being minted share the one that is under way.
 */
export function createMemoryTokenKeeper({ clock }: { readonly clock: Clock }): TokenKeeper {
  const kept = new Map<RailId, AccessToken>();
  const underWay = new Map<RailId, Promise<AccessToken | TokenRefusal>>();

  const mintAndKeep = async (
    railId: RailId,
    mint: MintToken,
  ): Promise<AccessToken | TokenRefusal> => {
    const answer = await mint();
    if (isAccessToken(answer)) kept.set(railId, answer);
    return answer;
  };

  return {
    get: async (railId, mint) => {
      const token = kept.get(railId);
      if (token !== undefined && token.expiresAt - refreshMarginMs > clock.now()) return token;
      const shared = underWay.get(railId);
      if (shared !== undefined) return shared;
      const minting = mintAndKeep(railId, mint);
      underWay.set(railId, minting);
      try {
        return await minting;
      } finally {
        underWay.delete(railId);
      }
    },
    drop: async (railId, refused) => {
      if (kept.get(railId)?.token.reveal() === refused.token.reveal()) kept.delete(railId);
    },
  };
}

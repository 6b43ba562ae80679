import type { EpochMs, RailId, Secret } from '#kernel';

/** A provider's access token, shared by every process of the engine. */
export interface AccessToken {
  readonly token: Secret<string>;
  readonly expiresAt: EpochMs;
}

export type TokenRefusal =
  | { readonly kind: 'refused'; readonly code: string; readonly description: string }
  | { readonly kind: 'unknown'; readonly cause: string };

/**
 * Where the shared token lives. `get` answers a token with enough life left, minting at most one at
 * a time across all processes; `drop` forgets a token the provider refused, but only if it is still
 * the one kept, so that two refusals do not throw a fresh token away.
 */
export interface TokenKeeper {
  get(railId: RailId, mint: MintToken): Promise<AccessToken | TokenRefusal>;
  drop(railId: RailId, refused: AccessToken): Promise<void>;
}

export type MintToken = () => Promise<AccessToken | TokenRefusal>;

export const isAccessToken = (answer: AccessToken | TokenRefusal): answer is AccessToken =>
  'token' in answer;

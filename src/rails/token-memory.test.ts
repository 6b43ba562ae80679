import { describe, expect, it } from 'vitest';
import { createVirtualClock, Secret } from '#kernel';
import { createMemoryTokenKeeper } from './token-memory.ts';
import type { AccessToken, TokenRefusal } from './token.ts';

const hourMs = 3_600_000;

function createScene() {
  const clock = createVirtualClock(1_000_000);
  const keeper = createMemoryTokenKeeper({ clock });
  let minted = 0;
  const mint = async (): Promise<AccessToken> => {
    minted += 1;
    const token = new Secret(`token-${minted}`);
    await Promise.resolve();
    return { token, expiresAt: clock.now() + hourMs };
  };
  const get = async (): Promise<string> => {
    const answer = await keeper.get('mpesa', mint);
    return 'token' in answer ? answer.token.reveal() : answer.kind;
  };
  return { clock, keeper, mint, get, minted: () => minted };
}

describe('the memory token keeper', () => {
  it('mints once for many callers at a time', async () => {
    const { get, minted } = createScene();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => get()));
    expect(new Set(tokens)).toEqual(new Set(['token-1']));
    expect(minted()).toBe(1);
  });

  it('keeps a token until a minute before its end', async () => {
    const { clock, get } = createScene();
    await get();
    await clock.advance(hourMs - 60_001);
    expect(await get()).toBe('token-1');
    await clock.advance(1);
    expect(await get()).toBe('token-2');
  });

  it('keeps the tokens of two rails apart', async () => {
    const { keeper, mint, get } = createScene();
    await get();
    const other = await keeper.get('airtel', mint);
    expect('token' in other && other.token.reveal()).toBe('token-2');
    expect(await get()).toBe('token-1');
  });

  it('forgets a refused token once, and never a newer one', async () => {
    const { keeper, mint, get } = createScene();
    const first = await keeper.get('mpesa', mint);
    if (!('token' in first)) throw new Error('no token');
    await keeper.drop('mpesa', first);
    expect(await get()).toBe('token-2');
    await keeper.drop('mpesa', first);
    expect(await get()).toBe('token-2');
  });

  it('does not keep a refusal', async () => {
    const { keeper, get } = createScene();
    const refusal: TokenRefusal = { kind: 'refused', code: '400.008.01', description: '' };
    expect(await keeper.get('mpesa', async () => refusal)).toEqual(refusal);
    expect(await get()).toBe('token-1');
  });

  it('mints anew after a minting that broke', async () => {
    const { keeper, get } = createScene();
    const broken = keeper.get('mpesa', () => Promise.reject(new Error('broken')));
    await expect(broken).rejects.toThrow('broken');
    expect(await get()).toBe('token-1');
  });
});

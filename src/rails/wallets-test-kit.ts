/**
 * What the provider says is in the wallets, asked for or told.
 * Part of the contract in `test-kit.ts`.
 */
import { invariant } from '#kernel';
import type { Scene } from './test-world.ts';

/** What is available in each wallet, as the provider reports it. */
export type Wallets = ReadonlyMap<string, bigint>;

export async function reportedWallets({ rail, world, urlsFor, events }: Scene): Promise<Wallets> {
  const balance = await rail.queryBalance(urlsFor('balance'));
  await world.settle();
  const report = events().findLast((event) => event.kind === 'balance-report');
  const accounts = balance.kind === 'reported' ? balance.accounts : report?.accounts;
  invariant(accounts !== undefined && accounts.length > 0, 'the provider reports the wallets');
  return new Map(accounts.map(({ name, availableMinor }) => [name, availableMinor]));
}

export const totalMinor = (wallets: Wallets): bigint =>
  [...wallets.values()].reduce((sum, minor) => sum + minor, 0n);

import { getuid } from 'node:process';

import { type Clock, err, ok, type Result } from '#kernel';

import { type Account, lastLineOf, run } from './command.ts';
import type { ServerRefusal } from './errors.ts';

const shortTimeoutMs = 10_000;
/** The portable user names; everything else could be taken for an option. */
const userName = /^[a-z_][a-z0-9_-]{0,31}$/;
const root: Account = { name: 'root' };

export const isRoot = (): boolean => getuid?.() === 0;

/** The account for data that exist: under root their owner, else the engine's own user. */
export const accountOfOwner = (owner: { uid: number; gid: number }): Account =>
  isRoot() ? { name: String(owner.uid), ids: owner } : currentAccount();

export const currentAccount = (): Account => ({ name: String(getuid?.() ?? 0) });

type Listed =
  | { readonly kind: 'listed'; readonly ids: { uid: number; gid: number } }
  | { readonly kind: 'unlisted' };

/** Asks `id`, which knows directory services as well as /etc/passwd. */
export async function findUser(clock: Clock, name: string): Promise<Listed> {
  const ask = async (flag: '-u' | '-g'): Promise<number> => {
    const args = [flag, name];
    const answer = await run(clock, { file: 'id', args, account: root, timeoutMs: shortTimeoutMs });
    return answer.kind === 'ended' && answer.code === 0 ? Number(answer.output.trim()) : Number.NaN;
  };
  const [uid, gid] = await Promise.all([ask('-u'), ask('-g')]);
  return Number.isInteger(uid) && Number.isInteger(gid)
    ? { kind: 'listed', ids: { uid, gid } }
    : { kind: 'unlisted' };
}

export interface AccountWishes {
  /** The user the operator named; it must exist. */
  readonly asked: string | undefined;
  /** The user to take, or to create, when none was named. */
  readonly usual: string;
  readonly onCreate?: (name: string) => void;
}

/** Under root: the unprivileged user to run PostgreSQL as. */
export async function settleAccount(
  clock: Clock,
  wishes: AccountWishes,
): Promise<Result<Account, ServerRefusal>> {
  const name = wishes.asked ?? wishes.usual;
  const unsuitable = (detail: string): Result<Account, ServerRefusal> =>
    err({ kind: 'os-user-unsuitable', name, detail });
  if (!userName.test(name)) return unsuitable('this is no user name');
  let found = await findUser(clock, name);
  if (found.kind === 'unlisted') {
    if (wishes.asked !== undefined) return unsuitable('there is no such user');
    wishes.onCreate?.(name);
    const detail = await createUser(clock, name);
    // Another start may have created it in between, so the list decides, not the exit code.
    found = await findUser(clock, name);
    if (found.kind === 'unlisted') return err({ kind: 'os-user-missing', name, detail });
  }
  if (found.ids.uid === 0) return unsuitable('it is root, which PostgreSQL refuses');
  return ok({ name, ids: found.ids });
}

async function createUser(clock: Clock, name: string): Promise<string> {
  const args = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin'];
  const outcome = await run(clock, {
    file: 'useradd',
    args: [...args, name],
    account: root,
    timeoutMs: shortTimeoutMs,
  });
  if (outcome.kind === 'not-run') return `useradd does not run (${outcome.systemCode})`;
  return lastLineOf(outcome.output);
}

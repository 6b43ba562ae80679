import { getuid } from 'node:process';

import { type Clock, err, ok, type Result } from '#kernel';

import { type Binaries, checkBinaries, completeBinaries, locateBinaries } from './binaries.ts';
import type { ClusterTools } from './cluster.ts';
import type { Account } from './command.ts';
import { refusalOfFileError, type ServerRefusal } from './errors.ts';
import { clusterAccountOf, type Home, openPlace, type Place, settleHome } from './home.ts';
import { accountOfOwner, currentAccount, findUser, isRoot, settleAccount } from './os-user.ts';
import { copyRuntime } from './runtime.ts';

/** Everything that has to be settled before the server can be started at all. */
export interface Ground {
  readonly home: Home;
  readonly tools: ClusterTools;
  /** PostgreSQL's major version, `18`. */
  readonly major: string;
}

export interface GroundWishes {
  readonly dataDir: string;
  readonly osUser: string | undefined;
  readonly systemDir: string;
  readonly tell: (text: string) => void;
}

const usualUser = 'qmoi';

/** Chooses the user, the programs and the folder so that they fit each other. */
export async function settleGround(
  clock: Clock,
  wishes: GroundWishes,
): Promise<Result<Ground, ServerRefusal>> {
  const located = await locateBinaries();
  if (!located.ok) return located;
  await completeBinaries(located.value);
  const place = await openPlace(wishes.dataDir);
  if (!place.ok) return place;
  const account = isRoot()
    ? await accountUnderRoot(clock, place.value, wishes)
    : await accountWithoutRoot(clock, wishes.osUser);
  if (!account.ok) return account;
  const usable = await usableBinaries(clock, {
    located: located.value,
    account: account.value,
    wishes,
  });
  if (!usable.ok) return usable;
  const home = await settleHome(clock, {
    place: place.value,
    account: account.value,
    systemDir: wishes.systemDir,
    onMove: (target) =>
      wishes.tell(
        `The folder ${place.value.requested} cannot be reached by the database's system user ` +
          `"${account.value.name}"; the data are kept in ${target}.`,
      ),
  });
  if (!home.ok) return home;
  const { binaries, major } = usable.value;
  return ok({ home: home.value, tools: { clock, binaries, account: account.value }, major });
}

async function accountWithoutRoot(
  clock: Clock,
  asked: string | undefined,
): Promise<Result<Account, ServerRefusal>> {
  if (asked === undefined) return ok(currentAccount());
  const found = await findUser(clock, asked);
  if (found.kind === 'listed' && found.ids.uid === getuid?.()) return ok(currentAccount());
  const detail = 'only root can start programs as another user';
  return err({ kind: 'os-user-unsuitable', name: asked, detail });
}

/** Data that exist are served by their owner, unless the operator named another user. */
async function accountUnderRoot(
  clock: Clock,
  place: Place,
  { osUser, tell }: GroundWishes,
): Promise<Result<Account, ServerRefusal>> {
  const owner = await clusterAccountOf(place.root);
  if (osUser === undefined && owner?.ids !== undefined && owner.ids.uid !== 0)
    return ok(accountOfOwner(owner.ids));
  return settleAccount(clock, {
    asked: osUser,
    usual: usualUser,
    onCreate: (name) =>
      tell(`PostgreSQL refuses to run as root; creating the system user "${name}" for it.`),
  });
}

async function usableBinaries(
  clock: Clock,
  { located, account, wishes }: { located: Binaries; account: Account; wishes: GroundWishes },
): Promise<Result<{ binaries: Binaries; major: string }, ServerRefusal>> {
  const check = await checkBinaries(clock, located, account);
  if (check.kind === 'usable') return ok({ binaries: located, major: check.major });
  if (check.kind === 'refused') return err(check.refusal);
  if (account.ids === undefined)
    return err({ kind: 'binaries-unusable', folder: located.native, detail: check.detail });
  try {
    const copied = await copyRuntime(clock, {
      binaries: located,
      account,
      systemDir: wishes.systemDir,
      onCopy: (target) =>
        wishes.tell(
          `The database's programs cannot be reached by the system user "${account.name}"; ` +
            `copying them to ${target}.`,
        ),
    });
    if (!copied.ok) return copied;
    return ok({ binaries: copied.value.binaries, major: copied.value.major });
  } catch (error) {
    return err(refusalOfFileError(error, wishes.systemDir));
  }
}

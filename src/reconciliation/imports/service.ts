import { err, invariant, ok, type Clock, type Result, type StatementId } from '#kernel';
import { formatActor, type Actor, type Audit } from '#audit';
import type { Database } from '#platform/db';

import type { GroupBooker } from '../booking/service.ts';
import type { BookingStore, ImportedStatement } from '../booking/store.ts';
import type { StatementRefusal } from '../errors.ts';
import type { FeeBooker } from '../fees/service.ts';
import type { HeldFile, PreviewStore } from '../previews/store.ts';
import type { ReadFile, StatementReader } from '../statements/service.ts';
import { groupMax, type CheckedLine } from '../statements/statement.ts';
import type { KeptFile, StatementStore } from '../statements/store.ts';

export interface ImporterDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly read: StatementReader;
  readonly statements: StatementStore;
  readonly previews: PreviewStore;
  readonly bookings: BookingStore;
  readonly booker: GroupBooker;
  readonly fees: FeeBooker;
}

/** Keeps a statement for ever and has it booked group by group. */
export function createImporter(deps: ImporterDeps) {
  const { database, clock, statements, previews, bookings } = deps;

  /** Makes the file evidence. Whoever was first with the same file has done it for all. */
  const keep = (
    held: HeldFile,
    read: ReadFile & { readonly file: Buffer },
    by: Actor,
  ): Promise<KeptFile> =>
    database.transaction(async (tx) => {
      const { id, digest, name, password } = held;
      const { statement, kind, file } = read;
      const kept = {
        id,
        digest,
        kind,
        name,
        password,
        statement,
        importedBy: formatActor(by),
        importedAt: clock.now(),
      };
      const isNew = await statements.keep(tx, kept, file);
      if (isNew) {
        await deps.audit.record(tx, {
          actor: by,
          action: 'statement.imported',
          subject: `statement:${id}`,
          detail: {
            rail: statement.rail,
            lines: statement.lines.length,
            sha256: digest.toString('hex'),
          },
        });
      }
      await previews.dropHeld(tx, digest);
      const found = await statements.findByDigest(tx, digest);
      invariant(found !== undefined, 'a file is kept once it was kept');
      return found;
    });

  /** One group, in one transaction with how far it came; answers whether there may be more. */
  const bookNext = (file: KeptFile, lines: readonly CheckedLine[]): Promise<number | undefined> =>
    database.transaction(async (tx) => {
      const booked = await bookings.lock(tx, file.id);
      invariant(booked !== undefined, 'a kept statement has a booking');
      const group = lines.slice(booked.linesDone, booked.linesDone + groupMax);
      if (group.length === 0) return undefined;
      await bookings.add(tx, file.id, await deps.booker.bookGroup(tx, file, group));
      return booked.linesDone + group.length;
    });

  const finish = async (file: KeptFile): Promise<void> => {
    const found = await deps.fees.sweep();
    await database.transaction(async (tx) => {
      const booked = await bookings.lock(tx, file.id);
      if (booked?.state !== 'booking') return;
      const missing = await deps.booker.findMissing(tx, file);
      await bookings.add(tx, file.id, { ...nothing, exceptionsOpened: missing + found });
      await bookings.finish(tx, file.id, clock.now());
    });
  };

  const bookAll = async (
    file: KeptFile,
    lines: readonly CheckedLine[],
    onProgress: (lines: number) => void,
  ): Promise<ImportedStatement> => {
    const groups = Math.ceil(lines.length / groupMax);
    for (let n = 0; n <= groups; n += 1) {
      const done = await bookNext(file, lines);
      if (done === undefined) break;
      onProgress(done);
    }
    await finish(file);
    const booked = await bookings.find(database.executor, file.id);
    invariant(booked !== undefined, 'a kept statement has a booking');
    return importedOf(file, booked);
  };

  /** The file as it was kept, read once more: to go on where a crash left off. */
  const reread = async (file: KeptFile): Promise<Result<ReadFile, StatementRefusal>> =>
    deps.read({
      file: await statements.readFile(database.executor, file.id),
      name: file.name,
      rail: file.rail,
      password: file.password,
    });

  return async (
    id: StatementId,
    by: Actor,
    onProgress: (lines: number) => void = () => undefined,
  ): Promise<Result<ImportedStatement, StatementRefusal>> => {
    // The file is read before it is looked for: whoever imports it at this moment keeps it and
    // drops what was held.
    const held = await previews.findHeld(database.executor, id, clock.now());
    const file = await previews.readHeld(database.executor, id);
    const kept = await statements.findFile(database.executor, id);
    if (kept !== undefined) {
      const booked = await bookings.find(database.executor, kept.id);
      if (booked?.state === 'done') return ok(importedOf(kept, booked));
      const again = await reread(kept);
      if (!again.ok) return again;
      return ok(await bookAll(kept, again.value.statement.lines, onProgress));
    }
    if (held === undefined || file.length === 0) return err({ kind: 'no-such-preview' });
    const read = await deps.read({ ...held, file });
    if (!read.ok) return read;
    const { lines } = read.value.statement;
    const mine = await keep(held, { ...read.value, file }, by);
    return ok(await bookAll(mine, lines, onProgress));
  };
}

/** The password stays where the file is. */
function importedOf(kept: KeptFile, booked: ImportedStatement['booked']): ImportedStatement {
  const { digest: _digest, password: _password, ...file } = kept;
  return { ...file, booked };
}

const nothing = {
  linesDone: 0,
  linesNew: 0,
  paymentsBooked: 0,
  bookedMinor: 0n,
  paymentsKnown: 0,
  transfersSettled: 0,
  exceptionsOpened: 0,
};

import type {
  BusinessDate,
  BusinessId,
  Clock,
  IdSource,
  RailId,
  Result,
  StatementId,
} from '#kernel';
import type { Actor, Audit } from '#audit';
import type { Ledger } from '#ledger';
import type { Database } from '#platform/db';
import type { Rail, WalletNames } from '#rails';
import type { Vault } from '#security';

import { createLateFinder } from './booking/late.ts';
import { createGroupBooker, type GroupBookerDeps } from './booking/service.ts';
import { createBookingStore, type ImportedStatement, type StatementPage } from './booking/store.ts';
import type { ThreeWayDay } from './days/day.ts';
import { createDayComparer } from './days/service.ts';
import { createDayStore } from './days/store.ts';
import { createDifferenceStore } from './differences/store.ts';
import type { StatementRefusal } from './errors.ts';
import { createFeeBooker } from './fees/service.ts';
import { createFeeStore } from './fees/store.ts';
import { createImporter } from './imports/service.ts';
import { createPreviewer, type StatementPreview } from './previews/service.ts';
import { createPreviewStore } from './previews/store.ts';
import { createStatementReader, type StatementOrder } from './statements/service.ts';
import { createStatementStore } from './statements/store.ts';

/** The provider's own statement against the books. */
export interface Reconciliation {
  /** What importing a file would do; nothing is booked. The file is kept for a day. */
  preview(
    order: StatementOrder,
    onProgress?: (rows: number) => void,
  ): Promise<Result<StatementPreview, StatementRefusal>>;
  /** Books what was previewed; again, it changes nothing and answers the same. */
  commit(
    id: StatementId,
    by: Actor,
    onProgress?: (lines: number) => void,
  ): Promise<Result<ImportedStatement, StatementRefusal>>;
  statements(page: StatementPage): Promise<readonly ImportedStatement[]>;
  /** Books, events and statement of a day, with every difference. */
  day(rail: RailId, date: BusinessDate): Promise<ThreeWayDay>;
  /**
   * Takes back payments that were booked after a statement had taken them back, takes in fees that
   * were waiting, and lets go of previews nobody came back for.
   */
  sweep(): Promise<void>;
}

export interface ReconciliationDeps {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly vault: Vault;
  readonly audit: Audit;
  readonly ledger: Ledger;
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly collections: GroupBookerDeps['collections'];
  readonly transfers: GroupBookerDeps['transfers'];
  readonly shortCodes: ReadonlyMap<RailId, readonly string[]>;
  /** The names under which providers report their wallets. */
  readonly walletNames: ReadonlyMap<RailId, WalletNames>;
}

export function createReconciliation(deps: ReconciliationDeps): Reconciliation {
  const { database, clock } = deps;
  const statements = createStatementStore(deps);
  const bookings = createBookingStore(deps);
  const feeStore = createFeeStore(deps);
  const fees = createFeeBooker({ ...deps, store: feeStore });
  const booker = createGroupBooker({ ...deps, statements, bookings, fees: feeStore });
  const takeBackLate = createLateFinder({ ...deps, bookings, booker });
  const previews = createPreviewStore(deps);
  const read = createStatementReader(deps);
  const days = createDayStore(deps);
  const differences = createDifferenceStore(deps);

  return {
    preview: createPreviewer({ ...deps, read, statements, previews, bookings }),
    commit: createImporter({ ...deps, read, statements, previews, bookings, booker, fees }),
    statements: (page) => bookings.page(database.executor, page),
    day: createDayComparer({ ...deps, statements, store: days, differences }),
    sweep: async () => {
      await previews.dropExpired(database.executor, clock.now());
      await takeBackLate();
      await fees.sweep();
    },
  };
}

import { createHash, timingSafeEqual } from 'node:crypto';

import { err, maskMsisdn, ok, type Msisdn, type PayeeId, type RailId, type Result } from '#kernel';
import { formatActor, type Actor } from '#audit';
import type { Executor, Tx } from '#platform/db';

import type { TransfersDeps } from '../deps.ts';
import type { PayeeRefusal, TransferRefusal } from '../errors.ts';
import type { TransferStore } from '../store.ts';
import { nairobiTime } from '../times.ts';
import { unsettledStates, type Transfer } from '../transfer.ts';
import { networkWarning, testValidMs, triesMax, trustIn, type Payee, type Trust } from './payee.ts';
import { createPayeeStore } from './store.ts';

export interface PayeeView extends Payee, Trust {
  /** True where the sandbox stands in for a confirmation. */
  readonly bySandbox: boolean;
  readonly warning: string | undefined;
}

/** The numbers that money may go to. */
export interface Payees {
  /** Puts the numbers of the configuration on the list; sweeps go to them once confirmed. */
  noteConfigured(): Promise<void>;
  list(): Promise<readonly PayeeView[]>;
  /** Puts a number on the list, unconfirmed; one that is there already is answered as it is. */
  add(order: {
    readonly rail: RailId;
    readonly msisdn: Msisdn;
    readonly label: string;
    readonly by: Actor;
  }): Promise<Result<PayeeView, TransferRefusal>>;
  /** Takes the receipt that came to the phone with the test as proof of who holds it. */
  confirm(word: {
    readonly id: PayeeId;
    readonly receipt: string;
    readonly by: Actor;
  }): Promise<Result<PayeeView, PayeeRefusal>>;
}

type PayeeDeps = TransfersDeps & { readonly store: TransferStore };

export function createPayees(deps: PayeeDeps) {
  const { database, clock, audit } = deps;
  const store = createPayeeStore(deps);

  const isConfigured = ({ rail, msisdn }: Pick<Payee, 'rail' | 'msisdn'>): boolean =>
    deps.settings.get(rail)?.payoutNumber === msisdn;

  const trustOf = (payee: Payee | undefined, number: Pick<Payee, 'rail' | 'msisdn'>): Trust =>
    trustIn(payee, {
      mode: deps.mode,
      isConfigured: isConfigured(number),
      now: clock.now(),
    });

  const viewOf = (payee: Payee): PayeeView => {
    const trust = trustOf(payee, payee);
    return {
      ...payee,
      ...trust,
      bySandbox: trust.confirmed && payee.state !== 'confirmed',
      warning: networkWarning(payee),
    };
  };

  const record = (tx: Tx, payee: Payee, event: { readonly action: string; readonly by: Actor }) =>
    audit.record(tx, {
      actor: event.by,
      action: `payee.${event.action}`,
      subject: `payee:${payee.id}`,
      detail: { rail: payee.rail, number: maskMsisdn(payee.msisdn) },
    });

  const insert = async (
    tx: Tx,
    order: Parameters<Payees['add']>[0],
  ): Promise<Payee | undefined> => {
    const { rail, msisdn, label, by } = order;
    const id = deps.ids.next('payee');
    const addedAt = clock.now();
    const payee = { id, rail, msisdn, label, addedBy: formatActor(by), addedAt };
    const isNew = await store.insert(tx, payee);
    const kept = await store.byNumber(tx, rail, msisdn);
    if (isNew && kept !== undefined) await record(tx, kept, { action: 'added', by });
    return kept;
  };

  const noteNumber = (rail: RailId, msisdn: Msisdn): Promise<void> =>
    database.transaction(async (tx) => {
      await deps.store.lockRail(tx, rail);
      if ((await store.active(tx, rail))?.msisdn === msisdn) return;
      const by = { kind: 'engine', part: 'configuration' } as const;
      const payee = await insert(tx, { rail, msisdn, label: 'configured number', by });
      if (payee === undefined) return;
      await store.activate(tx, payee, clock.now());
      await record(tx, payee, { action: 'activated', by });
    });

  /** Why a receipt is not even looked at; undefined when it is. */
  const unreadyOf = (payee: Payee, test: Transfer | undefined): PayeeRefusal | undefined => {
    if (payee.state === 'confirmed') return { kind: 'already-confirmed' };
    if (payee.state === 'refused') return { kind: 'too-many-tries' };
    if (payee.state !== 'testing' || test === undefined) return { kind: 'no-test-yet' };
    if (!isReadable(test)) return { kind: 'test-not-arrived' };
    return clock.now() > expiryOf(test) ? { kind: 'test-expired' } : undefined;
  };

  const judge = async (
    tx: Tx,
    word: Parameters<Payees['confirm']>[0],
  ): Promise<Result<PayeeView, PayeeRefusal>> => {
    const { id, by } = word;
    const payee = await store.lock(tx, id);
    if (payee === undefined) return err({ kind: 'payee-not-found' });
    const test = await testOf(tx, payee);
    const unready = unreadyOf(payee, test);
    if (unready?.kind === 'test-expired') {
      await store.endTest(tx, id, { state: 'unconfirmed', tries: payee.tries });
    }
    if (unready !== undefined) return err(unready);
    if (isSameReceipt(word.receipt, test?.receipt ?? '')) {
      await store.confirm(tx, id, { by: formatActor(by), at: clock.now() });
      await record(tx, payee, { action: 'confirmed', by });
      const confirmed = await store.find(tx, id);
      return confirmed === undefined ? err({ kind: 'payee-not-found' }) : ok(viewOf(confirmed));
    }
    const tries = payee.tries + 1;
    const triesLeft = triesMax - tries;
    await store.endTest(tx, id, { state: triesLeft > 0 ? 'testing' : 'refused', tries });
    if (triesLeft > 0) return err({ kind: 'wrong-receipt', triesLeft });
    await record(tx, payee, { action: 'refused', by });
    return err({ kind: 'too-many-tries' });
  };

  const testOf = async (executor: Executor, payee: Payee): Promise<Transfer | undefined> =>
    payee.testId === undefined ? undefined : deps.store.find(executor, payee.testId);

  const doors: Payees = {
    noteConfigured: async () => {
      for (const [rail, { payoutNumber }] of deps.settings) {
        if (payoutNumber !== undefined && deps.rails.has(rail)) {
          await noteNumber(rail, payoutNumber);
        }
      }
    },
    list: async () => (await store.list(database.executor)).map(viewOf),
    add: (order) =>
      database.transaction(async (tx) => {
        const payee = deps.rails.has(order.rail) ? await insert(tx, order) : undefined;
        return payee === undefined
          ? err({ kind: 'rail-not-configured', rail: order.rail })
          : ok(viewOf(payee));
      }),
    confirm: (word) => database.transaction((tx) => judge(tx, word)),
  };

  return {
    doors,
    find: store.find,
    lock: store.lock,
    startTest: store.startTest,

    trustIn: async (executor: Executor, number: Pick<Payee, 'rail' | 'msisdn'>): Promise<Trust> =>
      trustOf(await store.byNumber(executor, number.rail, number.msisdn), number),

    /** Why a new test would be one too many. */
    objectionToTest: async (
      executor: Executor,
      payee: Payee,
    ): Promise<PayeeRefusal | undefined> => {
      if (payee.state === 'confirmed') return { kind: 'already-confirmed' };
      const test = payee.state === 'testing' ? await testOf(executor, payee) : undefined;
      if (test === undefined) return undefined;
      if (test.state === 'approved' || unsettledStates.includes(test.state)) {
        return { kind: 'test-under-way', transferId: test.id };
      }
      const until = expiryOf(test);
      return isReadable(test) && clock.now() <= until
        ? { kind: 'test-unanswered', until: nairobiTime(until) }
        : undefined;
    },
  };
}

export type PayeeService = ReturnType<typeof createPayees>;

/**
 * Where the provider told no receipt, our own id stands in its place: no phone shows it. What a
 * person said of the test proves nothing: it may be the same person.
 */
const isReadable = ({ state, receipt, ownId, settledBy }: Transfer): boolean =>
  state === 'completed' && settledBy === undefined && receipt !== undefined && receipt !== ownId;

const expiryOf = ({ settledAt }: Transfer): number => (settledAt ?? 0) + testValidMs;

const digestOf = (receipt: string): Buffer =>
  createHash('sha256').update(receipt.trim().toUpperCase()).digest();

/** Hashed first: neither length nor a common beginning can be told from the time it took. */
const isSameReceipt = (given: string, known: string): boolean =>
  timingSafeEqual(digestOf(given), digestOf(known));

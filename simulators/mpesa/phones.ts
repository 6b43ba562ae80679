import { businessDateOf, type EpochMs, startOfBusinessDay } from '#kernel';
import { customerAccount, type Ledger, outsideAccounts } from './ledger.ts';
import { numberIn, type Row, type Store, textIn, totalIn } from './store.ts';

/** What a phone does about a prompt. `ask` waits for the admin API. */
export const promptHabits = [
  'approve',
  'cancel',
  'wrong-pin',
  'ignore',
  'ask',
  'unreachable',
] as const;
export type PromptHabit = (typeof promptHabits)[number];

export interface Script {
  readonly onPrompt: PromptHabit;
  readonly afterMs: number;
}

export interface Phone {
  readonly msisdn: string;
  readonly name: string;
  readonly script: Script;
  readonly wrongPins: number;
}

export const defaultScript: Script = { onPrompt: 'ask', afterMs: 2000 };

/** The sandbox's published test number: no prompt ever reaches it (observed). */
export const unreachableTestNumber = '254708374149';

export interface Phones {
  find(msisdn: string): Phone | undefined;
  /** The opening balance counts only for a phone that is new. */
  upsert(phone: { msisdn: string; name: string; balanceKes: number; script?: Script }): Phone;
  setScript(msisdn: string, script: Script): void;
  countWrongPin(msisdn: string): void;
  forgetWrongPins(msisdn: string): void;
  balanceKes(msisdn: string): number;
  /** Paid out of the wallet on the business day that `at` lies in. */
  spentTodayKes(msisdn: string, at: EpochMs): number;
  /** Paid into the wallet by businesses on that day. */
  receivedTodayKes(msisdn: string, at: EpochMs): number;
}

function phoneFrom(row: Row): Phone {
  const onPrompt = promptHabits.find((habit) => habit === textIn(row, 'on_prompt'));
  return {
    msisdn: textIn(row, 'msisdn'),
    name: textIn(row, 'name'),
    script: { onPrompt: onPrompt ?? 'ask', afterMs: numberIn(row, 'after_ms') },
    wrongPins: numberIn(row, 'wrong_pins'),
  };
}

export function createPhones({ store, ledger }: { store: Store; ledger: Ledger }): Phones {
  const find = (msisdn: string): Phone | undefined => {
    const row = store.first('select * from phones where msisdn = ?', msisdn);
    return row === undefined ? undefined : phoneFrom(row);
  };
  const movedSince = (options: { msisdn: string; at: EpochMs; kinds: string }): number =>
    totalIn(
      store.first(
        `select coalesce(sum(amount_kes), 0) as total from transactions
         where msisdn = ? and settled_at >= ? and instr(?, kind) > 0`,
        options.msisdn,
        startOfBusinessDay(businessDateOf(options.at)),
        options.kinds,
      ),
    );
  return {
    find,
    upsert: ({ msisdn, name, balanceKes, script }) =>
      store.transaction(() => {
        const known = find(msisdn);
        const { onPrompt, afterMs } = script ?? known?.script ?? defaultScript;
        store.run(
          `insert into phones (msisdn, name, on_prompt, after_ms) values (?, ?, ?, ?)
           on conflict (msisdn) do update set name = excluded.name,
             on_prompt = excluded.on_prompt, after_ms = excluded.after_ms`,
          msisdn,
          name,
          onPrompt,
          afterMs,
        );
        if (known === undefined && balanceKes > 0) {
          ledger.post({
            kind: 'deposit',
            receipt: null,
            postings: [
              { account: outsideAccounts.deposits, amountKes: -balanceKes },
              { account: customerAccount(msisdn), amountKes: balanceKes },
            ],
          });
        }
        const wrongPins = known?.wrongPins ?? 0;
        return { msisdn, name, script: { onPrompt, afterMs }, wrongPins };
      }),
    setScript: (msisdn, { onPrompt, afterMs }) =>
      void store.run(
        'update phones set on_prompt = ?, after_ms = ? where msisdn = ?',
        onPrompt,
        afterMs,
        msisdn,
      ),
    countWrongPin: (msisdn) =>
      void store.run('update phones set wrong_pins = wrong_pins + 1 where msisdn = ?', msisdn),
    forgetWrongPins: (msisdn) =>
      void store.run('update phones set wrong_pins = 0 where msisdn = ?', msisdn),
    balanceKes: (msisdn) => ledger.balanceKes(customerAccount(msisdn)),
    spentTodayKes: (msisdn, at) => movedSince({ msisdn, at, kinds: 'stk,c2b' }),
    receivedTodayKes: (msisdn, at) => movedSince({ msisdn, at, kinds: 'b2c' }),
  };
}

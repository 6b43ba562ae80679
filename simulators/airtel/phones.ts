import { nationalOf, parseMsisdn } from '#kernel';

import type { Context } from './context.ts';
import { type Journal, walletOf } from './journal.ts';
import { kenya } from './profile.ts';
import { flagIn, numberIn, type Row, textIn } from './store.ts';

/** What the phone's owner does when a PIN prompt appears; `ask` waits for the admin API. */
export const promptHabits = ['approve', 'cancel', 'wrong-pin', 'ignore', 'ask'] as const;
export type PromptHabit = (typeof promptHabits)[number];

export interface Script {
  readonly onPrompt: PromptHabit;
  readonly afterMs: number;
}

export const defaultScript: Script = { onPrompt: 'ask', afterMs: 2000 };

export interface Standing {
  readonly barred: boolean;
  readonly pinSet: boolean;
  readonly registered: boolean;
}

export interface Phone extends Standing {
  readonly national: string;
  readonly name: string;
  readonly script: Script;
}

export interface Phones {
  find(national: string): Phone | undefined;
  list(limit: number): readonly Phone[];
  /** A known number keeps its balance and its standing. */
  upsert(phone: PhoneInput): void;
  setScript(national: string, script: Script): void;
  setStanding(national: string, standing: Partial<Standing>): void;
}

export interface PhoneInput {
  readonly national: string;
  readonly name: string;
  readonly balanceMinor: bigint;
  readonly script: Script | undefined;
}

const parsePhoneRow = (row: Row): Phone => ({
  national: textIn(row, 'national'),
  name: textIn(row, 'name'),
  script: {
    onPrompt: textIn(row, 'on_prompt') as PromptHabit,
    afterMs: numberIn(row, 'after_ms'),
  },
  barred: flagIn(row, 'barred'),
  pinSet: flagIn(row, 'pin_set'),
  registered: flagIn(row, 'registered'),
});

/** The admin API takes any spelling of a number; the wire takes the national one only. */
export function nationalFrom(text: string): string | undefined {
  const parsed = parseMsisdn(text);
  return parsed.ok ? nationalOf(parsed.value) : undefined;
}

export const internationalOf = (national: string): string => `${kenya.callingCode}${national}`;

export function createPhones({ store }: Context, journal: Journal): Phones {
  const find = (national: string): Phone | undefined => {
    const row = store.get('select * from phone where national = ?', national);
    return row === undefined ? undefined : parsePhoneRow(row);
  };
  const setScript = (national: string, { onPrompt, afterMs }: Script): void =>
    store.run(
      'update phone set on_prompt = ?, after_ms = ? where national = ?',
      onPrompt,
      afterMs,
      national,
    );
  return {
    find,
    list: (limit) =>
      store.all('select * from phone order by national limit ?', limit).map(parsePhoneRow),
    setScript,
    upsert: ({ national, name, balanceMinor, script }) =>
      store.transact(() => {
        const isNew = find(national) === undefined;
        store.run(
          `insert into phone (national, name) values (?, ?)
             on conflict (national) do update set name = excluded.name`,
          national,
          name,
        );
        if (isNew && balanceMinor > 0n) journal.bringIn(walletOf(national), balanceMinor);
        if (script !== undefined) setScript(national, script);
      }),
    setStanding: (national, { barred, pinSet, registered }) =>
      store.run(
        `update phone set barred = coalesce(?, barred), pin_set = coalesce(?, pin_set),
           registered = coalesce(?, registered) where national = ?`,
        bitOf(barred),
        bitOf(pinSet),
        bitOf(registered),
        national,
      ),
  };
}

const bitOf = (flag: boolean | undefined): number | null => (flag === undefined ? null : +flag);

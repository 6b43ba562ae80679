import { decimalOf, err, isoOf, ok, type Result } from '#kernel';

import { collectionCodes } from './codes.ts';
import type { CollectionBook } from './collection-book.ts';
import { type Context, happens, within } from './context.ts';
import type { Outcomes } from './outcomes.ts';
import { internationalOf, type Phones, type PromptHabit } from './phones.ts';
import type { Schedule } from './schedule.ts';
import { minorIn, numberIn, optionalTextIn, type Row, textIn } from './store.ts';

/** `ignore` leaves the prompt to its end. */
export const promptActions = ['approve', 'cancel', 'wrong-pin', 'ignore'] as const;
export type PhoneAction = (typeof promptActions)[number];

/** One that is being ignored is still on the phone, but no longer asks. */
export const promptStates = ['open', 'closed', 'all'] as const;
export type PromptState = (typeof promptStates)[number];

export interface Prompts {
  /** Job: the collection's PIN prompt appears on the phone, if the phone may pay at all. */
  show(ownId: string): void;
  /** Job: the phone's script does what it was told when the prompt appeared. */
  actAsScripted(subject: string): void;
  /** Job: nobody entered a PIN. */
  end(id: string): void;
  act(id: string, action: PhoneAction): Result<undefined, 'unknown-prompt' | 'prompt-closed'>;
  /** The latest, oldest first. */
  list(state: PromptState, limit: number): readonly object[];
}

export interface PromptParts {
  readonly context: Context;
  readonly phones: Phones;
  readonly schedule: Schedule;
  readonly book: CollectionBook;
  readonly outcomes: Outcomes;
}

export function createPrompts(parts: PromptParts): Prompts {
  const { context, phones, schedule, book, outcomes } = parts;
  const { clock, config, store } = context;

  const close = (id: string, action: string): string | undefined => {
    const row = store.get(
      `update prompt set action = ?, closed_at = ? where id = ? and closed_at is null
         returning own_id`,
      action,
      clock.now(),
      Number(id),
    );
    return row === undefined ? undefined : textIn(row, 'own_id');
  };
  const put = (ownId: string, habit: PromptHabit, afterMs: number): void => {
    const row = store.get(
      'insert into prompt (own_id, shown_at) values (?, ?) returning id',
      ownId,
      clock.now(),
    );
    const id = String(numberIn(row, 'id'));
    const endAt = clock.now() + within(context, config.timings.promptLifeMs);
    schedule.add({ kind: 'end-prompt', subject: id, dueAt: endAt });
    if (habit === 'ask' || habit === 'ignore') return;
    const actAt = clock.now() + (happens(context, context.knobs().sameSecond) ? 0 : afterMs);
    schedule.add({ kind: 'act-on-prompt', subject: `${habit}:${id}`, dueAt: actAt });
  };
  const act: Prompts['act'] = (id, action) =>
    store.transact(() => {
      const row = store.get('select closed_at from prompt where id = ?', Number(id));
      if (row === undefined) return err('unknown-prompt');
      if (row['closed_at'] !== null) return err('prompt-closed');
      if (action === 'ignore') {
        // Still there until its end, but nobody is asked about it any more.
        store.run(`update prompt set action = 'ignore' where id = ?`, Number(id));
        return ok(undefined);
      }
      const ownId = close(id, action);
      if (ownId !== undefined) outcomes.conclude(ownId, action);
      return ok(undefined);
    });
  return {
    act,
    show: (ownId) => {
      const phone = phones.find(book.find(ownId)?.national ?? '');
      // Sheet §11.2; that a wallet without PIN is "do not honour" is assumed.
      if (phone?.registered !== true || phone.barred) {
        outcomes.fail(ownId, collectionCodes.notPermitted);
      } else if (!phone.pinSet) outcomes.fail(ownId, collectionCodes.doNotHonour);
      else put(ownId, phone.script.onPrompt, phone.script.afterMs);
    },
    actAsScripted: (subject) => {
      const [habit, id = ''] = subject.split(':');
      const action = promptActions.find((known) => known === habit);
      if (action !== undefined) act(id, action);
    },
    end: (id) => {
      const ownId = close(id, 'none');
      if (ownId !== undefined) outcomes.lapse(ownId);
    },
    list: (state, limit) => store.all(listSql(state), limit).toReversed().map(view),
  };
}

const stateConditions: Readonly<Record<PromptState, string>> = {
  open: 'closed_at is null and action is null',
  closed: 'closed_at is not null',
  all: 'true',
};

const listSql = (state: PromptState): string => `
  select prompt.*, national, amount_minor, reference from prompt join collection using (own_id)
    where ${stateConditions[state]} order by prompt.id desc limit ?`;

const view = (row: Row): object => ({
  id: String(numberIn(row, 'id')),
  ownId: textIn(row, 'own_id'),
  msisdn: internationalOf(textIn(row, 'national')),
  amount: decimalOf(minorIn(row, 'amount_minor')),
  reference: textIn(row, 'reference'),
  shownAt: isoOf(numberIn(row, 'shown_at')),
  state: row['closed_at'] === null ? 'open' : 'closed',
  action: optionalTextIn(row, 'action') ?? null,
});

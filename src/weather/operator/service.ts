import type { BusinessDate, BusinessId, Clock, RailId } from '#kernel';
import { operatorPasswordOn, passwordFix } from '#platform/config';
import type { Database, Tx } from '#platform/db';
import type { Outbox } from '#platform/outbox';

import type { Troubles } from '../breaker/service.ts';
import { createWarningStore, type Warning } from './store.ts';

export interface OperatorDeps {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly troubles: Troubles;
  /** The day on which each rail's operator got the password in use, where it is known. */
  readonly passwordsSetOn: ReadonlyMap<RailId, BusinessDate>;
}

const subjectOf = ({ rail, setOn, daysLeft }: Warning): string => `${rail}:${setOn}:${daysLeft}`;

/** Long enough to never be the day of a warning: a password without any yet. */
const noWarning = -1;

/** Tells the owner before an operator's password runs out, once on each of the days for it. */
export function createOperatorWatch(deps: OperatorDeps) {
  const { clock } = deps;
  const store = createWarningStore(deps.businessId);

  const warn = async (tx: Tx, warning: Warning, daysLeft: number): Promise<void> => {
    if (!(await store.insert(tx, warning, clock.now()))) return;
    const { rail, setOn } = warning;
    const detail = { setOn, daysLeft, fix: passwordFix };
    const subject = subjectOf(warning);
    await deps.troubles.open(tx, [
      { kind: 'operator-password', rail, subject, amountMinor: undefined, detail },
    ]);
    await deps.outbox.publish(tx, [{ topic: 'operator.password', payload: { rail, ...detail } }]);
  };

  return {
    /** Warns of what is due; what a warning before said is over, and so are old passwords. */
    check: async (): Promise<void> => {
      for (const [rail, setOn] of deps.passwordsSetOn) {
        const { daysLeft, warning: due } = operatorPasswordOn(setOn, clock.now());
        const current = { rail, setOn, daysLeft: due ?? noWarning };
        await deps.database.transaction(async (tx) => {
          const over = await store.others(tx, current);
          await deps.troubles.resolve(tx, 'operator-password', over.map(subjectOf));
          await store.forgetOld(tx, rail, setOn);
          if (due !== undefined) await warn(tx, current, daysLeft);
        });
      }
    },

    daysLeftOn: (rail: RailId): number | undefined => {
      const setOn = deps.passwordsSetOn.get(rail);
      return setOn === undefined ? undefined : operatorPasswordOn(setOn, clock.now()).daysLeft;
    },
  };
}

import type { Clock } from '#kernel';
import type { C2b } from './c2b.ts';
import type { Callbacks } from './callbacks.ts';
import type { SimulatorConfig } from './config.ts';
import type { Confirmations } from './confirmations.ts';
import type { Initiator } from './initiator.ts';
import type { KnobBoard } from './knobs.ts';
import type { Ledger } from './ledger.ts';
import type { Phones } from './phones.ts';
import type { Prompts } from './prompt-store.ts';
import type { RequestLog } from './request-log.ts';
import type { Reversal } from './reversal.ts';
import type { Statements } from './statements.ts';
import type { Stk } from './stk.ts';
import type { Tokens } from './tokens.ts';
import type { Transactions } from './transactions.ts';
import type { WireIds } from './wire-ids.ts';

/** Everything the admin routes may look at or turn. */
export interface AdminDeps {
  readonly clock: Clock;
  readonly config: SimulatorConfig;
  readonly ledger: Ledger;
  readonly phones: Phones;
  readonly prompts: Prompts;
  readonly transactions: Transactions;
  readonly stk: Stk;
  readonly c2b: C2b;
  readonly knobs: KnobBoard;
  readonly callbacks: Callbacks;
  readonly confirmations: Confirmations;
  readonly initiator: Initiator;
  readonly tokens: Tokens;
  readonly log: RequestLog;
  readonly ids: WireIds;
  readonly statements: Statements;
  readonly reversal: Reversal;
}

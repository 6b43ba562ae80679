import type { RailId } from '#kernel';

import type { JsonFlag } from './commands.ts';
import { exitCodes, type CliDeps, type ExitCode, type PayoutDesk } from './deps.ts';
import { transfersView } from './list-view.ts';
import {
  cancelledView,
  confirmedView,
  payeesView,
  plannedView,
  previewView,
  settledView,
} from './payout-view.ts';
import { createVoice } from './voice.ts';

/** What is asked of the desk, without what only the terminal has to know. */
type Ask<Name extends keyof PayoutDesk> = JsonFlag & Parameters<PayoutDesk[Name]>[0];

export async function transfers(
  deps: CliDeps,
  { json, ...options }: JsonFlag & { readonly rail: RailId | undefined; readonly limit: number },
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.transfers(options), {
    lines: transfersView,
    document: (items) => ({ items }),
  });
}

export async function preview(
  deps: CliDeps,
  { json, ...question }: Ask<'preview'>,
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.payouts.preview(question), {
    lines: previewView,
    exitCode: (answer) => (answer.refusals.length === 0 ? exitCodes.ok : exitCodes.refused),
  });
}

export async function topUp(deps: CliDeps, { json, ...order }: Ask<'topUp'>): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.payouts.topUp(order), { lines: plannedView });
}

export async function cancel(deps: CliDeps, { json, ...order }: Ask<'cancel'>): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.payouts.cancel(order), { lines: cancelledView });
}

export interface SettleFlags {
  readonly id: string;
  readonly completed?: string;
  readonly failed: boolean;
  readonly reason: string;
  readonly statementLine?: string;
}

export async function settle(
  deps: CliDeps,
  { json, completed, failed, ...word }: JsonFlag & SettleFlags,
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  if (completed === undefined && !failed) {
    return voice.refuse({
      message: 'Nothing was said of how it ended.',
      fix: 'Add --completed with the receipt, or --failed.',
      exitCode: exitCodes.usage,
    });
  }
  return voice.tell(await deps.payouts.settle({ ...word, receipt: completed }), {
    lines: settledView,
  });
}

export async function payees(deps: CliDeps, { json }: JsonFlag): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.payouts.payees(), {
    lines: payeesView,
    document: (items) => ({ items }),
  });
}

export async function addPayee(
  deps: CliDeps,
  { json, ...order }: Ask<'addPayee'>,
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.payouts.addPayee(order), {
    lines: (added, pen) => payeesView([added], pen),
  });
}

export async function testPayee(deps: CliDeps, { json, id }: Ask<'testPayee'>): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.payouts.testPayee({ id }), {
    lines: (planned, pen) => [
      ...plannedView(planned, pen),
      'When it has arrived, type the receipt from that phone:',
      `  npx qmoi payees confirm ${id} <receipt>`,
    ],
  });
}

export async function confirmPayee(
  deps: CliDeps,
  { json, ...word }: Ask<'confirmPayee'>,
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.payouts.confirmPayee(word), { lines: confirmedView });
}

import type { RailId } from '#kernel';

import type { JsonFlag } from './commands.ts';
import { exitCodes, type CliDeps, type ExitCode, type PayoutDesk } from './deps.ts';
import { transfersView } from './list-view.ts';
import { confirmedView, payeesView, plannedView, previewView, settledView } from './payout-view.ts';
import { createVoice } from './voice.ts';

/** What is asked of the desk, without what only the terminal has to know. */
type Ask<Name extends keyof PayoutDesk> = JsonFlag & Parameters<PayoutDesk[Name]>[0];

export async function transfers(
  deps: CliDeps,
  { json, ...options }: JsonFlag & { readonly rail: RailId | undefined; readonly limit: number },
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  const found = await deps.transfers(options);
  if (!found.ok) return voice.refuse(found.error);
  voice.say(transfersView(found.value, voice.pen()));
  voice.answer({ items: found.value });
  return exitCodes.ok;
}

export async function preview(
  deps: CliDeps,
  { json, ...question }: Ask<'preview'>,
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  const answer = await deps.payouts.preview(question);
  if (!answer.ok) return voice.refuse(answer.error);
  voice.say(previewView(answer.value, voice.pen()));
  voice.answer(answer.value);
  return answer.value.refusals.length === 0 ? exitCodes.ok : exitCodes.refused;
}

export async function topUp(deps: CliDeps, { json, ...order }: Ask<'topUp'>): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  const planned = await deps.payouts.topUp(order);
  if (!planned.ok) return voice.refuse(planned.error);
  voice.say(plannedView(planned.value, voice.pen()));
  voice.answer(planned.value);
  return exitCodes.ok;
}

export interface SettleFlags {
  readonly id: string;
  readonly completed?: string;
  readonly failed: boolean;
  readonly reason: string;
}

export async function settle(
  deps: CliDeps,
  { json, id, completed, failed, reason }: JsonFlag & SettleFlags,
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  if (completed === undefined && !failed) {
    return voice.refuse({
      message: 'Nothing was said of how it ended.',
      fix: 'Add --completed with the receipt, or --failed.',
      exitCode: exitCodes.usage,
    });
  }
  const settled = await deps.payouts.settle({ id, receipt: completed, reason });
  if (!settled.ok) return voice.refuse(settled.error);
  voice.say(settledView(settled.value, voice.pen()));
  voice.answer(settled.value);
  return exitCodes.ok;
}

export async function payees(deps: CliDeps, { json }: JsonFlag): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  const found = await deps.payouts.payees();
  if (!found.ok) return voice.refuse(found.error);
  voice.say(payeesView(found.value, voice.pen()));
  voice.answer({ items: found.value });
  return exitCodes.ok;
}

export async function addPayee(
  deps: CliDeps,
  { json, ...order }: Ask<'addPayee'>,
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  const added = await deps.payouts.addPayee(order);
  if (!added.ok) return voice.refuse(added.error);
  voice.say(payeesView([added.value], voice.pen()));
  voice.answer(added.value);
  return exitCodes.ok;
}

export async function testPayee(deps: CliDeps, { json, id }: Ask<'testPayee'>): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  const planned = await deps.payouts.testPayee({ id });
  if (!planned.ok) return voice.refuse(planned.error);
  voice.say([
    ...plannedView(planned.value, voice.pen()),
    'When it has arrived, type the receipt from that phone:',
    `  npx qmoi payees confirm ${id} <receipt>`,
  ]);
  voice.answer(planned.value);
  return exitCodes.ok;
}

export async function confirmPayee(
  deps: CliDeps,
  { json, ...word }: Ask<'confirmPayee'>,
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  const confirmed = await deps.payouts.confirmPayee(word);
  if (!confirmed.ok) return voice.refuse(confirmed.error);
  voice.say(confirmedView(confirmed.value, voice.pen()));
  voice.answer(confirmed.value);
  return exitCodes.ok;
}

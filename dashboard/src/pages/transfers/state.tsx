import type { PayeeView, TransferView } from '#api/contract';

import { money } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Badge } from '../../ui/badge.tsx';
import type { Tone } from '../../ui/tone.ts';
import { transfersText } from './text.ts';

const toneOf: Readonly<Record<TransferView['state'], Tone>> = {
  planned: 'plain',
  approved: 'accent',
  sending: 'accent',
  sent: 'accent',
  completed: 'good',
  failed: 'bad',
  unknown: 'warn',
  reversed: 'bad',
  cancelled: 'plain',
};

type Standing = Pick<TransferView, 'state' | 'settledBy'>;

/** What no provider has confirmed is never green, whoever says so. */
export const toneOfTransfer = ({ state, settledBy }: Standing): Tone =>
  settledBy === null ? toneOf[state] : 'warn';

export function TransferBadge(standing: Standing) {
  const t = useText(transfersText);
  const state = t.states[standing.state];
  return (
    <Badge tone={toneOfTransfer(standing)}>
      {standing.settledBy === null ? state : t.byWord(state)}
    </Badge>
  );
}

/** Whom it goes to, in as few words as there are. */
export function useReceiver(): (transfer: TransferView) => string {
  const t = useText(transfersText);
  return ({ payoutNumber, kind }) => payoutNumber ?? (kind === 'top-up' ? t.ownWallet : t.toPayer);
}

/** What the provider charged, or will. */
export function useFee(): (transfer: TransferView) => string | undefined {
  const t = useText(transfersText);
  return ({ feeDecimal, expectedFeeDecimal }) => {
    if (feeDecimal !== null) return t.feeOf(money(feeDecimal));
    return expectedFeeDecimal === null ? undefined : t.feeExpected(money(expectedFeeDecimal));
  };
}

export const isConfigured = ({ addedBy }: PayeeView): boolean => addedBy === 'engine:configuration';

/** What its owner calls a number; one of the configuration has no name of its own. */
export function usePayeeLabel(): (payee: PayeeView) => string {
  const t = useText(transfersText);
  return (payee) => (isConfigured(payee) ? t.configured : payee.label);
}

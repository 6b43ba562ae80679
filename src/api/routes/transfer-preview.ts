import { decimalOf, floorShillings, isoOf, shillings } from '#kernel';
import type { TransferPreview } from '#transfers';
import { previewQuerySchema, transferPreviewSchema, type TransferPreviewView } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { payeeIdOf } from '../payee-id.ts';
import { refused } from '../problem.ts';
import { showDecision } from '../status-view.ts';
import { transferRefusals } from '../transfer-refusals.ts';

export const addTransferPreview: AddRoute = (app, { transfers }) =>
  void app.get(
    '/api/qmoi/revenue/transfers/preview',
    {
      schema: {
        operationId: 'previewTransfer',
        tags: ['revenue'],
        summary: 'What a transfer would cost and whether it could go out now',
        querystring: previewQuerySchema,
        response: { 200: transferPreviewSchema },
      },
    },
    async ({ query }) => {
      const { type: rail, amount, kind, payee } = query;
      const payeeId = payee === undefined ? undefined : payeeIdOf(payee);
      const amountMinor = shillings(amount);
      return show(await transfers.preview({ rail, kind, amountMinor, payeeId }));
    },
  );

const showWallet = (wallet: TransferPreview['wallets']['payout']) =>
  wallet === undefined
    ? null
    : {
        account: wallet.account,
        availableDecimal: decimalOf(wallet.availableMinor),
        reportedAt: isoOf(wallet.reportedAt),
        stale: wallet.stale,
      };

const showPoll = (poll: TransferPreview['poll']): TransferPreviewView['walletPoll'] =>
  poll === undefined
    ? null
    : {
        askedAt: isoOf(poll.askedAt),
        answeredAt: poll.answeredAt === undefined ? null : isoOf(poll.answeredAt),
        refusals: poll.refusals,
        code: poll.code ?? null,
        nextAt: isoOf(poll.nextAt),
      };

const show = (preview: TransferPreview): TransferPreviewView => {
  const { books, wallets, forecast, topUp, feeMinor, sweep } = preview;
  return {
    type: preview.rail,
    kind: preview.kind,
    amount: floorShillings(preview.amountMinor),
    feeDecimal: feeMinor === undefined ? null : decimalOf(feeMinor),
    books: {
      walletDecimal: decimalOf(books.walletMinor),
      suspenseDecimal: decimalOf(books.suspenseMinor),
      customerCreditDecimal: decimalOf(books.customerCreditMinor),
      reserveDecimal: decimalOf(books.reserveMinor),
      inFlightDecimal: decimalOf(books.inFlightMinor),
      afterDecimal: decimalOf(preview.afterMinor),
    },
    payoutWallet: showWallet(wallets.payout),
    workingWallet: showWallet(wallets.working),
    walletPoll: showPoll(preview.poll),
    most: preview.mostMinor === undefined ? null : floorShillings(preview.mostMinor),
    coversNow: preview.coversNow,
    forecast:
      forecast === undefined ? null : { at: isoOf(forecast.at), basisDays: forecast.basisDays },
    topUp:
      topUp === undefined
        ? null
        : { from: topUp.from.account, missingDecimal: decimalOf(topUp.missingMinor) },
    refusals: preview.refusals.map((refusal) => ({
      kind: refusal.kind,
      detail: refused(transferRefusals, refusal).message,
    })),
    sweep: sweep === undefined ? null : showDecision(sweep),
  };
};

import { err, ok, type Result } from '#kernel';
import type { RefundRequest, Refunds, Refused } from '../rail.ts';
import { unknownBecause } from '../words.ts';
import { mpesaCapabilities } from './capabilities.ts';
import type { MpesaClient } from './client.ts';
import type { MpesaConfig } from './config.ts';
import {
  paths,
  readCallbackUrls,
  refusedHere,
  remarksOf,
  wholeShillingsWithin,
  type Signature,
} from './requests.ts';
import { noOperator, questionVerdictOf, type Ask } from './questions.ts';
import { payoutSubmissionOf } from './translate.ts';

/** Generous: an answer given up too early leaves money unknown. */
const refundTimeoutMs = 30_000;
// Ten characters today; they are not promised to stay ten.
const receiptForm = /^[A-Z0-9]{6,20}$/;

function refundBody(
  config: MpesaConfig,
  request: RefundRequest,
  { operator, securityCredential }: Signature,
): Result<object, Refused> {
  // What was paid in may be given back: the bounds are those of a payment.
  const amount = wholeShillingsWithin(request.amountMinor, mpesaCapabilities.promptMinor);
  if (!amount.ok) return amount;
  const callbacks = readCallbackUrls(request.callbacks);
  if (!callbacks.ok) return callbacks;
  if (!receiptForm.test(request.receipt)) {
    return err(refusedHere('that is no receipt of M-Pesa'));
  }
  return ok({
    Initiator: operator.name,
    SecurityCredential: securityCredential,
    CommandID: 'TransactionReversal',
    TransactionID: request.receipt,
    Amount: amount.value,
    // Whoever received the payment: for buy goods the till (assumed, no sample shows one).
    ReceiverParty: config.partyB ?? config.shortCode,
    RecieverIdentifierType: '11',
    Remarks: remarksOf(request.remarks, 'Refund'),
    QueueTimeOutURL: callbacks.value.timeoutUrl,
    ResultURL: callbacks.value.resultUrl,
  });
}

/**
 * Reversals (Daraja 3.0, Reversal). No id of ours travels; M-Pesa itself refuses to reverse the
 * same payment a second time (`R000001`), and that alone keeps a refund from happening twice.
 */
export function createRefunds(deps: {
  readonly config: MpesaConfig;
  readonly client: MpesaClient;
  readonly sign: () => Signature | undefined;
  readonly ask: Ask;
}): Refunds {
  const { config, client, sign, ask } = deps;
  return {
    send: async (request) => {
      const signature = sign();
      if (signature === undefined) return noOperator;
      const body = refundBody(config, request, signature);
      if (!body.ok) return body.error;
      const options = { timeoutMs: refundTimeoutMs };
      return payoutSubmissionOf(await client.post(paths.refund, body.value, options));
    },
    query: async ({ providerRequestId, callbacks }) => {
      if (providerRequestId === undefined) {
        return unknownBecause(
          'M-Pesa gave no id to ask by, and the receipt tells of the payment, not of its refund',
        );
      }
      const subject = { kind: 'conversation', conversationId: providerRequestId } as const;
      return questionVerdictOf(await ask({ subject, callbacks }));
    },
  };
}

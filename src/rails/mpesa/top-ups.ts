import { ok, shillings, type Result } from '#kernel';
import type { AmountRange, PayoutRequest, Refused, TopUps } from '../rail.ts';
import { unknownBecause } from '../words.ts';
import type { MpesaClient } from './client.ts';
import type { MpesaConfig } from './config.ts';
import {
  paths,
  readCallbackUrls,
  remarksOf,
  wholeShillingsWithin,
  type Signature,
} from './requests.ts';
import { noOperator, questionVerdictOf, type Ask } from './questions.ts';
import { unguardedSubmissionOf } from './translate.ts';

/** Generous: an answer given up too early leaves money unknown. */
const topUpTimeoutMs = 30_000;
const accountReferenceLengthMax = 13;
/** No limit of its own is published; that of every other transaction is kept (assumed). */
const topUpMinor: AmountRange = { min: shillings(1), max: shillings(250_000) };

type TopUpRequest = Omit<PayoutRequest, 'msisdn'>;

function topUpBody(
  config: MpesaConfig,
  request: TopUpRequest,
  { operator, securityCredential }: Signature,
): Result<object, Refused> {
  const amount = wholeShillingsWithin(request.amountMinor, topUpMinor);
  if (!amount.ok) return amount;
  const callbacks = readCallbackUrls(request.callbacks);
  if (!callbacks.ok) return callbacks;
  return ok({
    Initiator: operator.name,
    SecurityCredential: securityCredential,
    CommandID: 'BusinessTransferFromMMFToUtility',
    SenderIdentifierType: '4',
    RecieverIdentifierType: '4',
    Amount: amount.value,
    PartyA: config.shortCode,
    PartyB: config.shortCode,
    // For whoever reads the statement: its end is the part that differs. It guards against nothing.
    AccountReference: request.ownId.slice(-accountReferenceLengthMax),
    Remarks: remarksOf(request.remarks, 'Top-up'),
    QueueTimeOutURL: callbacks.value.timeoutUrl,
    ResultURL: callbacks.value.resultUrl,
  });
}

/**
 * Working to Utility (Daraja 3.0, BusinessToBusiness). Safaricom enables it for a short code on
 * request; the way back is refused to every API (observed). There is no id of ours and no guard: an
 * answer that is lost is never followed by a second attempt.
 */
export function createTopUps(deps: {
  readonly config: MpesaConfig;
  readonly client: MpesaClient;
  readonly sign: () => Signature | undefined;
  readonly ask: Ask;
}): TopUps {
  const { config, client, sign, ask } = deps;
  return {
    fromWallet: 'Working Account',
    send: async (request) => {
      const signature = sign();
      if (signature === undefined) return noOperator;
      const body = topUpBody(config, request, signature);
      if (!body.ok) return body.error;
      const options = { timeoutMs: topUpTimeoutMs };
      return unguardedSubmissionOf(await client.post(paths.topUp, body.value, options));
    },
    query: async ({ providerRequestId, callbacks }) => {
      if (providerRequestId === undefined) {
        return unknownBecause('a top-up without an answer cannot be asked about');
      }
      const subject = { kind: 'conversation', conversationId: providerRequestId } as const;
      return questionVerdictOf(await ask({ subject, callbacks }));
    },
  };
}

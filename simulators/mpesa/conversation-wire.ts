import { compactNairobi, type EpochMs, err, ok, type Result } from '#kernel';
import { type ConversationResultCode, conversationResults, wireCode } from './codes.ts';
import { type Body, looseText, parseFields, textField, urlField, type UrlRules } from './fields.ts';

export interface InitiatorCall {
  readonly name: string;
  readonly credential: string;
  readonly resultUrl: string;
  readonly queueUrl: string;
  readonly remarks: string;
}

/** B2C says `InitiatorName`, everything else `Initiator` (documented). */
export function parseInitiatorCall(
  body: Body,
  nameField: 'Initiator' | 'InitiatorName',
  rules: UrlRules,
): Result<InitiatorCall, string> {
  return parseFields({
    name: textField(body, nameField, { min: 1, max: 64 }),
    credential: textField(body, 'SecurityCredential', { min: 1, max: 1024 }),
    remarks: textField(body, 'Remarks', { min: 2, max: 100 }),
    queueUrl: urlField(body, 'QueueTimeOutURL', rules),
    resultUrl: urlField(body, 'ResultURL', rules),
  });
}

/** Twelve digits and a country code are a matter of the fields; this is a command's own list. */
export function commandIn(body: Body, commands: readonly string[]): Result<string, string> {
  const value = looseText(body, 'CommandID');
  return commands.includes(value) ? ok(value) : err('CommandID');
}

export interface Parameter {
  readonly Key: string;
  readonly Value?: string | number;
}

export interface Outcome {
  readonly code: ConversationResultCode;
  /** The receipt, or the placeholder of a failure. */
  readonly transactionId: string;
  readonly parameters: readonly Parameter[];
  /** Besides the queue address that every result repeats. */
  readonly reference: readonly Parameter[];
  /** `AccountBalance` answers its codes as text, the others as numbers (documented). */
  readonly hasTextCodes: boolean;
}

export interface ResultStyle {
  readonly hasStringCodes: boolean;
  readonly hasSingleObject: boolean;
  readonly hasEmptyReference: boolean;
}

export interface ConversationIds {
  readonly conversationId: string;
  readonly originatorConversationId: string;
}

export const acceptedAck = ({ conversationId, originatorConversationId }: ConversationIds) => ({
  ConversationID: conversationId,
  OriginatorConversationID: originatorConversationId,
  ResponseCode: '0',
  ResponseDescription: 'Accept the service request successfully.',
});

/** Results repeat an address inside Safaricom here, not the caller's (observed). */
const internalQueueUrl = 'https://internalsandbox.safaricom.co.ke/mpesa/results/v1/submit';

export function resultBody(
  ids: ConversationIds,
  outcome: Outcome,
  { style, at }: { style: ResultStyle; at: EpochMs },
) {
  const asText = style.hasStringCodes || outcome.hasTextCodes;
  const parameters = parametersOf(outcome, style, at);
  const queue: Parameter = { Key: 'QueueTimeoutURL', Value: internalQueueUrl };
  const empty: readonly Parameter[] = style.hasEmptyReference ? [{ Key: 'Occassion' }] : [];
  const reference = [queue, ...outcome.reference, ...empty];
  return {
    Result: {
      ResultType: asText ? '0' : 0,
      ResultCode: asText ? outcome.code : wireCode(outcome.code),
      ResultDesc: conversationResults[outcome.code],
      OriginatorConversationID: ids.originatorConversationId,
      ConversationID: ids.conversationId,
      TransactionID: outcome.transactionId,
      ...(parameters === undefined ? {} : { ResultParameters: { ResultParameter: parameters } }),
      // One item is an object, several are a list (documented samples of both).
      ReferenceData: { ReferenceItem: reference.length === 1 ? queue : reference },
    },
  };
}

/** The documented sample of the single object is a failure that only knows its time. */
function parametersOf(
  outcome: Outcome,
  { hasSingleObject }: ResultStyle,
  at: EpochMs,
): Parameter | readonly Parameter[] | undefined {
  if (!hasSingleObject) return outcome.parameters.length === 0 ? undefined : outcome.parameters;
  if (outcome.code !== '0') return { Key: 'BOCompletedTime', Value: Number(compactNairobi(at)) };
  const [first, second] = outcome.parameters;
  const isBalance = first?.Key === 'AccountBalance' && second?.Key === 'BOCompletedTime';
  return isBalance ? first : outcome.parameters;
}

/**
 * No document shows this body; clients assume a result envelope, and so it is one, with a broker
 * code that says nothing about the money (assumed).
 */
export const queueTimeoutBody = (ids: ConversationIds, transactionId: string) => ({
  Result: {
    ResultType: 1,
    ResultCode: 100000001,
    ResultDesc: 'The service request timed out in the queue.',
    OriginatorConversationID: ids.originatorConversationId,
    ConversationID: ids.conversationId,
    TransactionID: transactionId,
  },
});

/** `24.11.2026 07:48:00`, East Africa Time: B2C alone writes times like this (documented). */
export function dottedNairobi(at: EpochMs): string {
  const stamp = compactNairobi(at);
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(stamp) ?? [];
  return `${day}.${month}.${year} ${hour}:${minute}:${second}`;
}

/** What a payout asks for, as far as an answer needs it. */
export interface AskedPayout {
  readonly ownId: string;
  readonly amount: number;
  readonly phone: string;
  readonly resultUrl: string;
}

const receiptDigits = 7;
const radix = 36;

/** Numbered as they come, in the form of M-Pesa's, and no payment's. */
export const payoutReceiptOf = (number: number): string =>
  `UKP${number.toString(radix).toUpperCase().padStart(receiptDigits, '0')}`;

/** The callback of a payout that went through, as a whole request. */
export function resultRequestOf(asked: AskedPayout, number: number): Buffer {
  const receipt = payoutReceiptOf(number);
  const parameters = [
    { Key: 'TransactionAmount', Value: asked.amount },
    { Key: 'TransactionReceipt', Value: receipt },
    { Key: 'B2CRecipientIsRegisteredCustomer', Value: 'Y' },
    { Key: 'B2CChargesPaidAccountAvailableFunds', Value: 0 },
    { Key: 'ReceiverPartyPublicName', Value: `${asked.phone} - THE OWNER` },
    { Key: 'TransactionCompletedDateTime', Value: '26.11.2026 14:35:00' },
    { Key: 'B2CUtilityAccountAvailableFunds', Value: 1_000_000 },
    { Key: 'B2CWorkingAccountAvailableFunds', Value: 0 },
  ];
  const body = JSON.stringify({
    Result: {
      ResultType: 0,
      ResultCode: 0,
      ResultDesc: 'The service request is processed successfully.',
      OriginatorConversationID: asked.ownId,
      ConversationID: `AG_${asked.ownId}`,
      TransactionID: receipt,
      ResultParameters: { ResultParameter: parameters },
    },
  });
  const { host, pathname } = new URL(asked.resultUrl);
  return Buffer.from(
    `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

import { numberFromId, type BusinessId, type Msisdn, type PaymentId, type RailId } from '#kernel';
import { sql, type Executor } from '#platform/db';
import type { BlindIndex } from '#security';

/** What a refund has to know of the payment it gives back. */
export interface RefundablePayment {
  readonly rail: RailId;
  readonly receipt: string;
  readonly amountMinor: bigint;
  /** Whether the number is the payer's; undefined where the provider hides its payers. */
  readonly isPayer: (msisdn: Msisdn) => boolean | undefined;
}

export function createOrderStore(deps: {
  readonly businessId: BusinessId;
  readonly blindIndex: BlindIndex;
}) {
  return {
    payment: async (executor: Executor, id: PaymentId): Promise<RefundablePayment | undefined> => {
      const { rows } = await sql<{
        rail: RailId;
        receipt: string;
        amountMinor: bigint;
        payerIndex: Buffer | null;
      }>`
        select rail, receipt, amount_minor as "amountMinor", payer_index as "payerIndex"
        from payment
        where business_id = ${deps.businessId} and id = ${numberFromId(id)}`.execute(executor);
      const [row] = rows;
      if (row === undefined) return undefined;
      const { rail, receipt, amountMinor, payerIndex } = row;
      return {
        rail,
        receipt,
        amountMinor,
        isPayer: (msisdn) => payerIndex?.equals(deps.blindIndex(msisdn)),
      };
    },
  };
}

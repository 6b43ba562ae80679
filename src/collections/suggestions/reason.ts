import { formatMoney } from '#kernel';

/** Why a fix is suggested, as the facts that its sentence needs. */
export type Reason =
  | {
      readonly kind: 'named-charge-left-over';
      readonly reference: string;
      readonly leftMinor: bigint;
    }
  | {
      readonly kind: 'named-charge-short';
      readonly reference: string;
      readonly waivedMinor: bigint;
    }
  | {
      readonly kind: 'named-charge-together';
      readonly reference: string;
      /** Of the other payment. */
      readonly receipt: string;
    }
  | {
      readonly kind: 'near-reference';
      /** What was typed. */
      readonly accountReference: string;
      readonly reference: string;
    }
  | {
      readonly kind: 'near-reference-left-over';
      readonly accountReference: string;
      readonly reference: string;
      readonly leftMinor: bigint;
    }
  | {
      readonly kind: 'near-reference-short';
      readonly accountReference: string;
      readonly reference: string;
      readonly waivedMinor: bigint;
    }
  | { readonly kind: 'same-phone'; readonly reference: string }
  | { readonly kind: 'same-phone-together'; readonly references: readonly string[] }
  /** Of what is shown of the payer's number, everything fits. */
  | { readonly kind: 'alike-phone'; readonly reference: string }
  | { readonly kind: 'paid-before' }
  | { readonly kind: 'purpose-unknown' }
  | { readonly kind: 'payer-known' }
  | { readonly kind: 'earned-late' }
  | { readonly kind: 'nothing-booked' }
  /** The provider gave it back, and the books have it still. */
  | { readonly kind: 'still-counted' }
  | { readonly kind: 'refunded-as-well' }
  | { readonly kind: 'counted-no-more' };

const slipOf = (reason: { readonly accountReference: string; readonly reference: string }) =>
  `“${reason.accountReference}” is one slip away from charge ${reason.reference}`;

/** The reason in English, as commands and the API say it. */
export function sentenceOf(reason: Reason): string {
  switch (reason.kind) {
    case 'named-charge-left-over':
      return `It named charge ${reason.reference}; ${formatMoney(reason.leftMinor)} is left over.`;
    case 'named-charge-short':
      return (
        `It named charge ${reason.reference}; ` +
        `${formatMoney(reason.waivedMinor)} would be waived.`
      );
    case 'named-charge-together':
      return `Together with ${reason.receipt} it is what charge ${reason.reference} asks for.`;
    case 'near-reference':
      return `${slipOf(reason)}, and the amount is the same.`;
    case 'near-reference-left-over':
      return `${slipOf(reason)}; ${formatMoney(reason.leftMinor)} is left over.`;
    case 'near-reference-short':
      return `${slipOf(reason)}; ${formatMoney(reason.waivedMinor)} would be waived.`;
    case 'same-phone':
      return `The same phone owes exactly this much for charge ${reason.reference}.`;
    case 'same-phone-together':
      return (
        `Of all the same phone owes, only ${reason.references.join(', ')} together make ` +
        'this amount.'
      );
    case 'alike-phone':
      return (
        `It is the only charge of this amount (${reason.reference}) for a phone that looks like ` +
        "the payer's."
      );
    case 'paid-before':
      return 'What it named was paid before.';
    case 'purpose-unknown':
      return 'If nobody knows what it was for, it goes back to its payer.';
    case 'payer-known':
      return 'The payer is known: it can be held for a later charge of the same phone.';
    case 'earned-late':
      return 'The money is earned; tell the customer it arrived.';
    case 'nothing-booked':
      return 'Nothing was booked; the callback is kept.';
    case 'still-counted':
      return 'It is counted although the payer has it again.';
    case 'refunded-as-well':
      return 'A refund has paid it as well; it counts no more.';
    case 'counted-no-more':
      return 'It counts no more; settle with the payer what was delivered.';
    default:
      return reason satisfies never;
  }
}

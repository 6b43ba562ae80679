import { textOf, useText } from './language.ts';

type Names = Readonly<Record<string, string>>;

interface EvidenceWords {
  readonly kinds: Names;
  /** Of messages, by the address they came to. */
  readonly channels: Names;
}

/** What a provider said, and where: what stands under a payment or transfer as its proof. */
const evidenceText = textOf<EvidenceWords>({
  en: {
    kinds: {
      callback: 'Message of the provider',
      enquiry: 'Answer to our question',
      answer: 'Answer to the order',
      list: 'Row of the provider’s list',
      statement: 'Line of the provider’s statement',
    },
    channels: {
      'stk-result': 'M-Pesa’s message about the prompt',
      'paybill-confirmation': 'M-Pesa’s confirmation of the payment',
      'payout-result': 'M-Pesa’s message about the transfer',
      'refund-result': 'M-Pesa’s message about the refund',
      'top-up-result': 'M-Pesa’s message about the top-up',
      'status-result': 'M-Pesa’s answer to our question',
      'airtel-result': 'Airtel’s message',
    },
  },
  sw: {
    kinds: {
      callback: 'Ujumbe wa mtoa huduma',
      enquiry: 'Jibu la swali letu',
      answer: 'Jibu la agizo',
      list: 'Mstari wa orodha ya mtoa huduma',
      statement: 'Mstari wa taarifa ya mtoa huduma',
    },
    channels: {
      'stk-result': 'Ujumbe wa M-Pesa kuhusu ombi la malipo',
      'paybill-confirmation': 'Uthibitisho wa malipo kutoka M-Pesa',
      'payout-result': 'Ujumbe wa M-Pesa kuhusu uhamisho',
      'refund-result': 'Ujumbe wa M-Pesa kuhusu kurudisha malipo',
      'top-up-result': 'Ujumbe wa M-Pesa kuhusu ujazaji',
      'status-result': 'Jibu la M-Pesa kwa swali letu',
      'airtel-result': 'Ujumbe wa Airtel',
    },
  },
});

interface Said {
  readonly kind: string;
  readonly channel: string | null;
}

/** What a piece of evidence is called. */
export function useEvidenceName(): (said: Said) => string {
  const { kinds, channels } = useText(evidenceText);
  return ({ kind, channel }) => channels[channel ?? ''] ?? kinds[kind] ?? kind;
}

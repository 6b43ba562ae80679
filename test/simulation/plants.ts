import { err, isoOf, numberFromId, ok } from '#kernel';
import { sql } from '#platform/db';
import type { Rail } from '#rails';

import type { Foundation } from '../../src/foundation.ts';
import type { Business, BusinessSettings } from '../../src/wiring.ts';

/**
 * A bug, planted where the parts are put together: the product knows nothing of it. The simulation
 * has to find it, and to say what is wrong.
 */
export interface Plant {
  readonly isListedSource?: BusinessSettings['isListedSource'];
  readonly rail?: (rail: Rail) => Rail;
  readonly foundation?: (foundation: Foundation) => Foundation;
  readonly business?: (business: Business) => Business;
  /** What becomes of a statement on its way to the database. */
  readonly rewrite?: (text: string) => string;
}

const addressDigits = 16;
const tokenForm = /^[0-9a-f]{48}$/;

/** Any address is ours, as long as it looks like one. */
const countWithoutEvidence: Plant = {
  isListedSource: () => true,
  foundation: (foundation) => ({
    ...foundation,
    tokens: {
      ...foundation.tokens,
      verify: ({ token }) =>
        tokenForm.test(token)
          ? { authentic: true, subject: BigInt(`0x${token.slice(0, addressDigits)}`) }
          : { authentic: false },
    },
  }),
};

/** Money that may have gone is sent once more, under a new id. */
const resendUnknown: Plant = {
  rail: (rail) => ({
    ...rail,
    sendPayout: async (request) => {
      const answer = await rail.sendPayout(request);
      if (answer.kind !== 'unknown') return answer;
      return rail.sendPayout({ ...request, ownId: `${request.ownId.slice(0, -1)}X` });
    },
  }),
};

/** The same receipt in another spelling is another receipt. */
const skipDedupe: Plant = {
  rail: (rail) => {
    const heard = new Map<string, number>();
    return {
      ...rail,
      readCallback: (callback) => {
        const reading = rail.readCallback(callback);
        if (reading.kind !== 'event' || !('receipt' in reading.event)) return reading;
        const { event } = reading;
        if (event.kind !== 'payer-payment') return reading;
        const times = (heard.get(event.receipt) ?? 0) + 1;
        heard.set(event.receipt, times);
        return times === 1
          ? reading
          : { kind: 'event', event: { ...event, receipt: `${event.receipt}-${times}` } };
      },
    };
  },
};

/** A provider's word is taken from any sender who knows the address. */
const acceptForgedAmount: Plant = {
  isListedSource: () => true,
};

/** An enquiry that names no receipt is taken for money. */
const trustEnquiryWithoutReceipt: Plant = {
  rail: (rail) => ({
    ...rail,
    queryPrompt: async (reference) => {
      const verdict = await rail.queryPrompt(reference);
      return verdict.kind === 'paid'
        ? { ...verdict, receipt: verdict.receipt ?? `Q${reference.ownId}` }
        : verdict;
    },
  }),
};

/** Nobody remembers that the payer said no. */
const ignoreRefusal: Plant = {
  rewrite: (text) =>
    text.includes('"refusedAt"')
      ? text.replace("where state = 'failed'", "where state = 'nothing'")
      : text,
};

/** A second prompt goes to a phone that has one. */
const promptTwice: Plant = {
  rewrite: (text) =>
    text.includes('"pendingSince"')
      ? text.replace("state in ('sending', 'accepted', 'unknown')", "state in ('nothing')")
      : text,
};

/** One callback in four is answered, and forgotten. */
const answerAndForget: Plant = {
  business: (business) => {
    let heard = 0;
    return {
      ...business,
      intake: {
        ...business.intake,
        receive: async (delivery) => {
          heard += 1;
          return heard % 4 === 0
            ? { statusCode: 200, body: '{}' }
            : business.intake.receive(delivery);
        },
      },
    };
  },
};

/** What a list says is not believed: payments nobody told of stay unknown. */
const readNoList: Plant = {
  rail: (rail) => ({
    ...rail,
    listPayments: () => Promise.resolve({ kind: 'listed', payments: [] }),
  }),
};

/** What was paid out is believed to have failed. */
const believeSilence: Plant = {
  rail: (rail) => ({
    ...rail,
    sendPayout: async (request) => {
      await rail.sendPayout(request);
      return { kind: 'refused', code: '0', description: '', reason: 'other', mayResend: false };
    },
  }),
};

/** What was claimed approved is sent, whatever has become of it since. */
const sendCancelled: Plant = {
  rewrite: (text) =>
    text.replace(/t\.state \|\| '>' \|\| c\.state = any\([^)]*\)/, "(c.state = 'sending' or $&)"),
};

const withCancel = (cancelOf: (business: Business) => Business['transfers']['cancel']): Plant => ({
  business: (business) => ({
    ...business,
    transfers: { ...business.transfers, cancel: cancelOf(business) },
  }),
});

/** A cancelling is answered, and forgotten. */
const forgetCancelling = withCancel(({ transfers }) => async ({ transferId }) => {
  const found = await transfers.find(transferId);
  return found === undefined
    ? err({ kind: 'transfer-not-found' })
    : ok({ ...found, state: 'cancelled' });
});

/** What is cancelled is marked, and goes on holding its money. */
const keepReservation = withCancel(({ transfers, database, clock }) => async (order) => {
  await sql`
    update transfer set state = 'cancelled', next_step_at = null, settled_at = ${isoOf(clock.now())}
    where id = ${numberFromId(order.transferId)} and state = 'approved'`.execute(database.executor);
  return transfers.cancel(order);
});

type Line = Extract<ReturnType<ReadStatement>, { kind: 'statement' }>['statement']['lines'][number];
type ReadStatement = NonNullable<Rail['readStatement']>;

/** What statements say of the payments that are given back. */
const withReversals = (
  linkedTo: (line: Line, lines: readonly Line[]) => string | undefined,
): Plant => ({
  rail: ({ readStatement, ...rail }) => ({
    ...rail,
    readStatement: (table) => {
      const reading = readStatement?.(table) ?? { kind: 'not-mine' };
      if (reading.kind !== 'statement') return reading;
      const lines = reading.statement.lines.map((line, _n, all) =>
        line.kind === 'refund' ? { ...line, linkedReceipt: linkedTo(line, all) } : line,
      );
      return { ...reading, statement: { ...reading.statement, lines } };
    },
  }),
});

/** Nobody asks which payment it was that a provider gave back: it goes on being counted. */
const forgetReversal = withReversals(() => undefined);

/** Another payment is taken for the one that was given back. */
const reverseAnother = withReversals(
  ({ linkedReceipt }, lines) =>
    lines.find(({ kind, receipt }) => kind === 'payment' && receipt !== linkedReceipt)?.receipt,
);

export const plants = {
  none: {},
  'count-without-evidence': countWithoutEvidence,
  'resend-unknown': resendUnknown,
  'skip-dedupe': skipDedupe,
  'accept-forged-amount': acceptForgedAmount,
  'trust-enquiry-without-receipt': trustEnquiryWithoutReceipt,
  'ignore-refusal': ignoreRefusal,
  'prompt-twice': promptTwice,
  'answer-and-forget': answerAndForget,
  'read-no-list': readNoList,
  'believe-silence': believeSilence,
  'send-cancelled': sendCancelled,
  'forget-cancelling': forgetCancelling,
  'keep-reservation': keepReservation,
  'forget-reversal': forgetReversal,
  'reverse-another': reverseAnother,
} as const satisfies Record<string, Plant>;

export type PlantName = keyof typeof plants;
export const plantNames = Object.keys(plants) as readonly PlantName[];

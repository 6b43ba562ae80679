import { parseAmountMinor } from '#kernel';
import type { PaymentSearch } from '#collections';
import type { paymentExportQuerySchema } from '#api/contract';
import type { z } from 'zod';

import { ProblemRaised } from './problem.ts';

type Asked = Omit<z.output<typeof paymentExportQuerySchema>, 'format'>;

export const everyPayment: PaymentSearch = {
  rail: undefined,
  streamId: undefined,
  state: undefined,
  receipt: undefined,
  phone: undefined,
  from: undefined,
  to: undefined,
  amountMin: undefined,
  amountMax: undefined,
};

/** What the list and the export are asked for, as the books are asked. */
export function searchOf(asked: Asked): PaymentSearch {
  const amountMin = amountOf(asked.amountFrom);
  const amountMax = amountOf(asked.amountTo);
  if (amountMin !== undefined && amountMax !== undefined && amountMin > amountMax) {
    throw backwards('amountFrom', 'Ask from the smaller amount to the larger one.');
  }
  if (asked.from !== undefined && asked.to !== undefined && asked.from > asked.to) {
    throw backwards('from', 'Ask from the earlier day to the later one.');
  }
  return {
    rail: asked.type ?? asked.rail,
    streamId: asked.stream,
    state: asked.state,
    receipt: asked.receipt,
    phone: asked.phone,
    from: asked.from,
    to: asked.to,
    amountMin,
    amountMax,
  };
}

const backwards = (name: string, detail: string): ProblemRaised =>
  new ProblemRaised('invalid-request', detail, {
    errors: [{ path: `querystring.${name}`, message: 'Lies after its end.' }],
  });

/** Its form was checked with the request. */
function amountOf(text: string | undefined): bigint | undefined {
  const amount = text === undefined ? undefined : parseAmountMinor(text);
  return amount?.ok === true ? amount.value : undefined;
}

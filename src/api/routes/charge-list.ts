import { parseMsisdn, shillings } from '#kernel';
import { normaliseReference } from '#streams';
import { chargePageSchema, chargeQuerySchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { cursorOf, showPage } from '../paging.ts';
import { showCharge } from '../show.ts';

export const addChargeList: AddRoute = (app, { billing }) =>
  void app.get(
    '/api/qmoi/charges',
    {
      schema: {
        operationId: 'listCharges',
        tags: ['charges'],
        summary: 'Charges, newest first; or the ones a payer could have meant',
        querystring: chargeQuerySchema,
        response: { 200: chargePageSchema },
      },
    },
    async ({ query }) => {
      const { limit, cursor, state, reference, phone, amount } = query;
      const msisdn = parseMsisdn(phone ?? '');
      const rows = await billing.page({
        before: cursorOf('charge', cursor),
        limit,
        state,
        reference: reference === undefined ? undefined : normaliseReference(reference),
        phone: msisdn.ok ? msisdn.value : undefined,
        amountMinor: amount === undefined ? undefined : shillings(amount),
      });
      return showPage(rows, limit, showCharge);
    },
  );

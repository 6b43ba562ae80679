import { invariant, parseMsisdn } from '#kernel';
import { payeeOrderSchema, payeeSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { refused } from '../problem.ts';
import { showPayee } from '../show.ts';
import { transferRefusals } from '../transfer-refusals.ts';

export const addPayeeAdd: AddRoute = (app, { access, transfers }) =>
  void app.post(
    '/api/qmoi/revenue/payees',
    {
      schema: {
        operationId: 'addPayee',
        tags: ['revenue'],
        summary: 'Put a number on the list, unconfirmed',
        description: 'A number that is there already is answered as it is.',
        body: payeeOrderSchema,
        response: { 201: payeeSchema },
      },
    },
    async (request, reply) => {
      const { type, phone, label } = request.body;
      const msisdn = parseMsisdn(phone);
      invariant(msisdn.ok, 'the schema takes Kenyan mobile numbers only');
      const by = access.principalOf(request).actor;
      const added = await transfers.payees.add({ rail: type, msisdn: msisdn.value, label, by });
      if (!added.ok) throw refused(transferRefusals, added.error);
      reply.code(201);
      return showPayee(added.value);
    },
  );

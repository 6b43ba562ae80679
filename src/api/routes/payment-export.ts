import { Readable } from 'node:stream';

import { businessDateOf, isoOf } from '#kernel';
import type { ExportRefusal } from '#collections';
import { workbookRowsMax, writeCsv, writeWorkbook } from '#platform/sheets';
import { paymentExportQuerySchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { exportColumns, exportRows } from '../export-rows.ts';
import { searchOf } from '../payment-search.ts';
import { refused, type RefusalTexts } from '../problem.ts';

const texts: RefusalTexts<ExportRefusal> = {
  'too-many-payments':
    'An Excel sheet is filled with at most {most} payments. Ask for CSV, which holds any number, ' +
    'or for fewer days.',
  'too-many-exports': 'At most {most} exports go on at once. Ask again when one has ended.',
};

const formats = {
  csv: { type: 'text/csv; charset=utf-8', fits: undefined, write: writeCsv },
  xlsx: {
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    fits: workbookRowsMax,
    write: writeWorkbook,
  },
} as const;

/** As fast as it is taken: a piece is read from the books when the one before has gone out. */
export const addPaymentExport: AddRoute = (app, { access, collections }) =>
  void app.get(
    '/api/qmoi/revenue/transactions/export',
    {
      exposeHeadRoute: false,
      schema: {
        operationId: 'exportPayments',
        tags: ['revenue'],
        summary: 'Confirmed payments as a file, newest first',
        description:
          'CSV of any number, or an Excel workbook of up to a million. Amounts are exact, times ' +
          'are those of Nairobi, phone numbers are masked. `x-row-count` says how many payments ' +
          'come, unless they are more than a million. It is kept in the audit log.',
        querystring: paymentExportQuerySchema,
      },
    },
    async (request, reply) => {
      const { format, ...asked } = request.query;
      const { type, fits, write } = formats[format];
      const { actor } = access.principalOf(request);
      const begun = await collections.exportPayments({
        search: searchOf(asked),
        format,
        fits,
        by: actor,
      });
      if (!begun.ok) throw refused(texts, begun.error);
      const { pages, count, startedAt, end } = begun.value;
      const file = Readable.from(write(exportColumns, exportRows(pages)), { highWaterMark: 1 });
      file.once('close', end);
      const name = `transactions-${businessDateOf(startedAt)}.${format}`;
      return reply
        .type(type)
        .header('content-disposition', `attachment; filename="${name}"`)
        .header('cache-control', 'no-store')
        .header('x-exported-at', isoOf(startedAt))
        .headers(count === undefined ? {} : { 'x-row-count': String(count) })
        .send(file);
    },
  );

import {
  isoOf,
  nextBusinessDate,
  parseBusinessDate,
  startOfBusinessDay,
  type BusinessDate,
} from '#kernel';
import { formatActor, type AuditFilters } from '#audit';
import { auditPageSchema, auditQuerySchema } from '#api/contract';
import type { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { cursorOf, showPage } from '../paging.ts';

export const addAuditList: AddRoute = (app, { audit, database }) =>
  void app.get(
    '/api/qmoi/audit',
    {
      schema: {
        operationId: 'listAudit',
        tags: ['oversight'],
        summary: 'Who changed what, newest first',
        querystring: auditQuerySchema,
        response: { 200: auditPageSchema },
      },
    },
    async ({ query }) => {
      const { limit, cursor } = query;
      const before = cursorOf('audit', cursor);
      const filters = filtersOf(query);
      const rows = await audit.list(database.executor, {
        limit,
        filters,
        ...(before && { before }),
      });
      return showPage(rows, limit, (row) => ({
        id: row.id,
        recordedAt: isoOf(row.recordedAt),
        actor: formatActor(row.actor),
        action: row.action,
        subject: row.subject,
        detail: { ...row.detail },
        leaf: row.leaf.toString('hex'),
      }));
    },
  );

function filtersOf(query: z.output<typeof auditQuerySchema>): AuditFilters {
  const { actor, action, subject } = query;
  const from = dayOf(query.from);
  const to = dayOf(query.to);
  return {
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(subject !== undefined && { subject }),
    ...(from && { from: startOfBusinessDay(from) }),
    ...(to && { until: startOfBusinessDay(nextBusinessDate(to)) }),
  };
}

function dayOf(text: string | undefined): BusinessDate | undefined {
  const date = text === undefined ? undefined : parseBusinessDate(text);
  return date?.ok === true ? date.value : undefined;
}

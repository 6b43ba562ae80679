import { type EpochMs, parseBusinessDate, startOfBusinessDay } from '#kernel';

import { type AdminCall, type AdminReply, type AdminRoute, badFields } from './admin-call.ts';
import type { Parts } from './parts.ts';
import { statementCsv, statementLayouts, statementOrders } from './statement.ts';

const epochForm = /^\d{10}(?:\d{3})?$/;
const isoForm = /^(\d{4}-\d\d-\d\d)(?:T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{3}))?Z)?$/;
const nairobiOffsetMs = 3 * 60 * 60 * 1000;

/** A Nairobi day, an instant as this API writes it, or epoch seconds or milliseconds. */
function instantFrom(text: string): EpochMs | undefined {
  if (epochForm.test(text)) return Number(text) * (text.length === 10 ? 1000 : 1);
  const [, date = '', hours, minutes, seconds, ms = '0'] = isoForm.exec(text) ?? [];
  const day = parseBusinessDate(date);
  if (!day.ok) return undefined;
  const midnight = startOfBusinessDay(day.value);
  if (hours === undefined) return midnight;
  const ofDay = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return midnight + nairobiOffsetMs + ofDay * 1000 + Number(ms);
}

function statement({ context, journal }: Parts, { query }: AdminCall): AdminReply {
  const { clock } = context;
  const from = query['from'] === undefined ? 0 : instantFrom(query['from']);
  // Up to now and with it.
  const to = query['to'] === undefined ? clock.now() + 1 : instantFrom(query['to']);
  const format = query['format'] ?? 'csv';
  const layout = statementLayouts.find((known) => known === (query['layout'] ?? 'split'));
  const order = statementOrders.find((known) => known === (query['order'] ?? 'oldest'));
  if (from === undefined || to === undefined || from > to) {
    return badFields(['from, to: must be a day or an instant, one after the other']);
  }
  if (format !== 'csv') return badFields(['format: must be csv']);
  if (layout === undefined) return badFields([`layout: ${statementLayouts.join(', ')}`]);
  if (order === undefined) return badFields([`order: ${statementOrders.join(', ')}`]);
  const body = statementCsv(context, journal, { from, to, layout, order });
  return { httpStatus: 200, body, contentType: 'text/csv; charset=utf-8' };
}

export const addStatementAdmin = (parts: Parts): readonly AdminRoute[] => [
  { method: 'GET', path: '/statement', handle: (call) => statement(parts, call) },
];

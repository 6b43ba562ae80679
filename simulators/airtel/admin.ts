import type { FastifyInstance, FastifyRequest } from 'fastify';

import { type AdminCall, type AdminReply, type AdminRoute, refuse } from './admin-call.ts';
import { addFaultAdmin } from './admin-faults.ts';
import { addMoneyAdmin } from './admin-money.ts';
import { addPhoneAdmin } from './admin-phones.ts';
import { addStatementAdmin } from './admin-statement.ts';
import { type Fields, fieldsOf } from './checks.ts';
import type { KnobBox } from './knobs.ts';
import type { Parts } from './parts.ts';

const loopbackAddress = /^(?:127\.|::1$|::ffff:127\.)/;
const loopbackName = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/;

/** This machine only, and no strange page in its browser: both address and name must fit. */
const isFromHere = ({ ip, hostname, headers }: FastifyRequest): boolean =>
  loopbackAddress.test(ip) &&
  loopbackName.test(hostname) &&
  (headers.origin === undefined || loopbackName.test(URL.parse(headers.origin)?.hostname ?? ''));

/** `/sim`: the phones, the float, the truth and the faults. */
export function addAdmin(app: FastifyInstance, parts: Parts, knobBox: KnobBox): void {
  const routes = [
    ...addPhoneAdmin(parts),
    ...addMoneyAdmin(parts),
    ...addStatementAdmin(parts),
    ...addFaultAdmin(parts, knobBox),
  ];
  for (const { method, path, handle } of routes) {
    app.route({
      method,
      url: `/sim${path}`,
      handler: (request, reply) => {
        // One transaction per call, so that what it does is done whole.
        const done = parts.context.store.transact(() => answer(request, handle));
        const { httpStatus, body, contentType = 'application/json; charset=utf-8' } = done;
        return reply.code(httpStatus).type(contentType).send(body);
      },
    });
  }
}

function answer(request: FastifyRequest, handle: AdminRoute['handle']): AdminReply {
  if (!isFromHere(request)) return refuse(403, 'not-this-machine', 'admin calls come from here');
  const call = parseCall(request);
  return call === undefined ? refuse(400, 'not-json', 'the body is a JSON object') : handle(call);
}

function parseCall(request: FastifyRequest): AdminCall | undefined {
  const { id } = request.params as { readonly id?: string };
  const query = request.query as AdminCall['query'];
  const fields = request.method === 'GET' ? {} : fieldsFrom(request.body);
  return fields === undefined ? undefined : { id: id ?? '', fields, query };
}

/** An absent body counts as an empty object. */
function fieldsFrom(body: unknown): Fields | undefined {
  const text = Buffer.isBuffer(body) ? body.toString('utf8') : '';
  try {
    return fieldsOf(JSON.parse(text === '' ? '{}' : text));
  } catch {
    return undefined;
  }
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Body, parseJsonObject } from './fields.ts';
import type { AdminDeps } from './admin-deps.ts';
import { type AdminMount, type AdminRequest, refused } from './admin-answer.ts';
import { mountOrgRoutes } from './admin-org.ts';
import { mountPhoneRoutes } from './admin-phones.ts';

const isLoopback = (address: string): boolean =>
  address === '::1' || /^(?:::ffff:)?127\./.test(address);

const badBody = refused(400, 'not-json', 'the body is a JSON object');

function requestOf(request: FastifyRequest, body: Body): AdminRequest {
  const query = (name: string): string => {
    const value: unknown = Reflect.get(Object(request.query), name);
    return typeof value === 'string' ? value : '';
  };
  return {
    body,
    query,
    param: (name) => String(Reflect.get(Object(request.params), name) ?? ''),
    count: (name, { fallback, max }) =>
      /^\d{1,15}$/.test(query(name)) ? Math.min(Number(query(name)), max) : fallback,
  };
}

/** The door for tests and for the screen of virtual phones: this machine only. */
export function mountAdmin(app: FastifyInstance, deps: AdminDeps): void {
  const mount: AdminMount = (method, path, handler) => {
    app.route({
      method,
      url: `/sim${path}`,
      handler: async (request: FastifyRequest, reply: FastifyReply) => {
        if (!isLoopback(request.ip)) {
          const { status, body } = refused(403, 'not-this-machine', 'admin calls come from here');
          return reply.code(status ?? 403).send(body);
        }
        const text = typeof request.body === 'string' ? request.body : '';
        const parsed = text === '' ? { ok: true as const, value: {} } : parseJsonObject(text);
        const answer = parsed.ok ? await handler(requestOf(request, parsed.value)) : badBody;
        if (answer.contentType !== undefined) void reply.type(answer.contentType);
        return reply.code(answer.status ?? 200).send(answer.body);
      },
    });
  };
  mountPhoneRoutes(mount, deps);
  mountOrgRoutes(mount, deps);
}

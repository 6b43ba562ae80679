import { isoOf, Secret } from '#kernel';
import { verifyAnswerSchema, verifyOrderSchema } from '#api/contract';
import type { FastifyRequest } from 'fastify';

import type { Principal } from '../access.ts';
import type { AddRoute, Parts } from '../app.ts';
import { loginProblem } from '../login-problem.ts';
import { ProblemRaised } from '../problem.ts';

export const addVerify: AddRoute = (app, parts) =>
  void app.post(
    '/api/qmoi/master/verify',
    {
      schema: {
        operationId: 'verify',
        tags: ['master'],
        summary: 'Whether the session is still good, or a fresh proof of the key',
        body: verifyOrderSchema.nullish(),
        response: { 200: verifyAnswerSchema },
      },
    },
    async (request) => {
      const principal = parts.access.principalOf(request);
      const key = request.body?.key;
      const session =
        key === undefined ? principal.session : await proveKey(parts, { request, principal, key });
      return {
        valid: true as const,
        actor: principal.actor.kind,
        sessionId: session?.id ?? null,
        expiresAt: session === undefined ? null : isoOf(session.expiresAt),
        verifiedAt: session?.verifiedAt === undefined ? null : isoOf(session.verifiedAt),
      };
    },
  );

async function proveKey(
  { sessions }: Parts,
  proof: {
    readonly request: FastifyRequest;
    readonly principal: Principal;
    readonly key: string;
  },
) {
  const { token, session } = proof.principal;
  if (session === undefined) throw noSession();
  const key = new Secret(proof.key);
  const proved = await sessions.verify({ token, key, source: proof.request.ip });
  if (proved.ok) return proved.value;
  const { error } = proved;
  if (error.kind === 'wrong-key' || error.kind === 'slowed-down') {
    throw loginProblem(error, 'key-not-accepted');
  }
  throw noSession();
}

const noSession = (): ProblemRaised =>
  new ProblemRaised('not-logged-in', 'There is no session to prove the key for. Log in.');

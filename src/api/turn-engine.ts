import { isoOf } from '#kernel';
import type { FastifyRequest } from 'fastify';

import type { Parts } from './app.ts';

const reasonUsual = 'by hand';

/** Turns the switch for whoever asks and says where it is now. */
export async function turnEngine(
  { engine, access, startedAt }: Parts,
  to: 'on' | 'off',
  request: FastifyRequest<{ Body: { readonly reason?: string | undefined } | null | undefined }>,
) {
  const { actor } = access.principalOf(request);
  const changed = await engine.turn(to, actor, request.body?.reason ?? reasonUsual);
  const state = await engine.state();
  return {
    status: state.running ? ('running' as const) : ('stopped' as const),
    changed,
    since: isoOf(state.changedAt === 0 ? startedAt : state.changedAt),
    reason: state.reason,
    changedBy: state.changedBy,
  };
}

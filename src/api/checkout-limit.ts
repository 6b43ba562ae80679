import { isLoopback } from '#security';
import type { FastifyRequest } from 'fastify';

import type { ApiDeps } from './deps.ts';

/**
 * How often one source may ask. In sandbox mode this machine is free of it: the simulated town
 * lives here and shops through the same door.
 */
export const limitPerMinute = (max: number, mode: ApiDeps['mode']) => ({
  max,
  timeWindow: 60_000,
  allowList: (request: FastifyRequest): boolean => mode === 'sandbox' && isLoopback(request.ip),
});

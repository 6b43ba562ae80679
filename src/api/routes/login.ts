import { isoOf, Secret } from '#kernel';
import { loginAnswerSchema, loginOrderSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { loginProblem } from '../login-problem.ts';
import { giveCookie } from '../session-cookie.ts';

const perMinuteMax = 30;

export const addLogin: AddRoute = (app, { clock, sessions }) =>
  void app.post(
    '/api/qmoi/master/login',
    {
      config: { access: 'public', rateLimit: { max: perMinuteMax, timeWindow: 60_000 } },
      schema: {
        operationId: 'login',
        tags: ['master'],
        summary: 'Open a session with the master key',
        body: loginOrderSchema,
        response: { 200: loginAnswerSchema },
      },
    },
    async (request, reply) => {
      const userAgent = request.headers['user-agent'];
      const opened = await sessions.login({
        key: new Secret(request.body.key),
        source: request.ip,
        ...(userAgent === undefined ? {} : { userAgent }),
      });
      if (!opened.ok) throw loginProblem(opened.error, 'login-refused');
      const { session } = opened.value;
      const token = opened.value.token.reveal();
      giveCookie(request, reply, { token, now: clock.now(), expiresAt: session.expiresAt });
      return { token, expiresAt: isoOf(session.expiresAt) };
    },
  );

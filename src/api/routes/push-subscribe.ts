import { pushDeviceSchema, pushOrderSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { refused } from '../problem.ts';
import { showDevice, subscribeRefusals } from '../push-view.ts';

export const addPushSubscribe: AddRoute = (app, { access, notify }) =>
  void app.post(
    '/api/qmoi/push',
    {
      schema: {
        operationId: 'subscribePush',
        tags: ['push'],
        summary: 'Have a browser told, or change what it is told of',
        body: pushOrderSchema,
        response: { 200: pushDeviceSchema },
      },
    },
    async (request) => {
      const { endpoint, keys, topics, language } = request.body;
      const subscribed = await notify.subscribe({
        subscription: { endpoint, keys },
        topics,
        language,
        userAgent: request.headers['user-agent'] ?? '',
        by: access.principalOf(request).actor,
      });
      if (!subscribed.ok) throw refused(subscribeRefusals, subscribed.error);
      return showDevice(subscribed.value);
    },
  );

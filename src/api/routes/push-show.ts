import { pushSchema } from '#api/contract';
import { devicesMax, manners, topics } from '#notify';

import type { AddRoute } from '../app.ts';
import { showDevice } from '../push-view.ts';

export const addPushShow: AddRoute = (app, { notify }) =>
  void app.get(
    '/api/qmoi/push',
    {
      schema: {
        operationId: 'getPush',
        tags: ['push'],
        summary: 'What a browser subscribes with, and the devices that are told',
        response: { 200: pushSchema },
      },
    },
    async () => ({
      publicKey: await notify.publicKey(),
      devicesMax,
      topics: topics.map((topic) => {
        const { name, about, usual } = manners[topic];
        return { topic, name, about, usual };
      }),
      devices: (await notify.devices()).map(showDevice),
    }),
  );

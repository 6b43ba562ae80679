import { parseId } from '#kernel';
import { pushDeviceSchema } from '#api/contract';
import { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { notFound, refused } from '../problem.ts';
import { showDevice, testRefusals } from '../push-view.ts';

export const addPushTest: AddRoute = (app, { notify }) =>
  void app.post(
    '/api/qmoi/push/:id/test',
    {
      schema: {
        operationId: 'testPush',
        tags: ['push'],
        summary: 'Send a device a test note, and say whether its service took it',
        params: z.object({ id: z.string() }),
        response: { 200: pushDeviceSchema },
      },
    },
    async (request) => {
      const id = parseId('pushDevice', request.params.id);
      if (!id.ok) throw notFound('No device has this id.');
      const tested = await notify.test(id.value);
      if (!tested.ok) throw refused(testRefusals, tested.error);
      return showDevice(tested.value);
    },
  );

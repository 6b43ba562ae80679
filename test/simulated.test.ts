import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { readConfig } from '#platform/config';
import type { HttpLine } from '#rails';

import { expectProviders } from '../src/simulated.ts';
import { mpesaSettings as env } from './support/mpesa-settings.ts';
import { createScratch } from './support/scratch.ts';

const question = { method: 'GET', headers: {}, timeoutMs: 1_000 } as const;

it('holds back what is for a simulator until it stands, and nothing else', async () => {
  const scratch = await createScratch();
  const read = readConfig({ home: scratch.path, env });
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const reached: string[] = [];
  const wire: HttpLine = {
    send: ({ url }) => {
      reached.push(url);
      return Promise.resolve({ kind: 'answer', status: 200, body: '' });
    },
  };
  const { addresses, line, stand } = expectProviders(read.value, wire);
  const { baseUrl = '', securityKeyPem } = addresses.mpesa ?? {};
  if (typeof securityKeyPem !== 'function') throw new Error('a simulator makes its own key');

  const held = line.send({ ...question, url: `${baseUrl}/oauth?a=b` });
  await line.send({ ...question, url: 'https://api.example/x' });
  expect(reached).toEqual(['https://api.example/x']);
  expect(securityKeyPem).toThrow('before the simulator stands');

  const certificatePath = join(scratch.path, 'certificate.pem');
  await writeFile(certificatePath, 'its key');
  const ready = { url: 'http://127.0.0.1:4801', certificatePath };
  const stop = (): Promise<void> => Promise.resolve();
  await stand({
    mpesa: { ready, pid: undefined, stop },
    airtel: undefined,
    openTown: stop,
    stop,
  });
  await held;
  expect(reached.at(-1)).toBe('http://127.0.0.1:4801/oauth?a=b');
  expect(securityKeyPem()).toBe('its key');
  await scratch.remove();
});

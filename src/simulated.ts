import { readFile } from 'node:fs/promises';

import { invariant } from '#kernel';
import type { Config } from '#platform/config';
import type { HttpLine } from '#rails';

import type { ProviderAddresses } from './providers.ts';
import type { Sandbox } from './sandbox.ts';

/** Names that no machine has (RFC 2606): rails are made before the simulators stand anywhere. */
const mpesaName = 'http://mpesa.invalid';
const airtelName = 'http://airtel.invalid';

/** Providers as the configuration has them, simulators among them that are yet to be started. */
export interface Providers {
  readonly addresses: ProviderAddresses;
  /** Holds back whatever is for a simulator until it stands. */
  readonly line: HttpLine;
  stand(sandbox: Sandbox): Promise<void>;
}

export function expectProviders({ mpesa, airtel, simulators }: Config, line: HttpLine): Providers {
  const standing = Promise.withResolvers<ReadonlyMap<string, string | undefined>>();
  let keyPem: string | undefined;
  const securityKeyPem = (): string => {
    invariant(keyPem !== undefined, 'nothing is signed before the simulator stands');
    return keyPem;
  };
  const mpesaUrl = mpesa?.baseUrl ?? (simulators?.mpesa && mpesaName);
  const airtelUrl = airtel?.baseUrl ?? (simulators?.airtel && airtelName);
  return {
    addresses: {
      mpesa:
        mpesaUrl === undefined
          ? undefined
          : {
              baseUrl: mpesaUrl,
              securityKeyPem: mpesaUrl === mpesaName ? securityKeyPem : undefined,
            },
      airtel: airtelUrl === undefined ? undefined : { baseUrl: airtelUrl },
    },
    line: {
      send: async (request) => {
        const { origin } = new URL(request.url);
        if (origin !== mpesaName && origin !== airtelName) return line.send(request);
        const stands = (await standing.promise).get(origin);
        if (stands === undefined) return { kind: 'not-sent', cause: 'there is no such simulator' };
        return line.send({ ...request, url: `${stands}${request.url.slice(origin.length)}` });
      },
    },
    stand: async ({ mpesa: first, airtel: second }) => {
      const path = first?.ready.certificatePath;
      keyPem = path === undefined ? undefined : await readFile(path, 'utf8');
      standing.resolve(
        new Map([
          [mpesaName, first?.ready.url],
          [airtelName, second?.ready.url],
        ]),
      );
    },
  };
}

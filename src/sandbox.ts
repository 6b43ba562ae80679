import { join } from 'node:path';

import { railNames, type Clock, type Msisdn, type RailId } from '#kernel';
import type { Config } from '#platform/config';
import type { Log } from '#platform/log';
import { superviseChild, type Child } from '#platform/process';
import { cycleHours, streams } from '#streams';

import { builtPrograms } from './built.ts';
import { StartRefused } from './refusal.ts';

interface Simulator {
  readonly url: string;
  readonly certificatePath: string | undefined;
}

/** The provider simulators and the town, as processes of their own; they know us only by HTTP. */
export interface Sandbox {
  readonly mpesa: Child<Simulator> | undefined;
  readonly airtel: Child<Simulator> | undefined;
  /** Lets the customers in, once there is somebody to buy from. */
  openTown(engineUrl: string): Promise<void>;
  stop(): Promise<void>;
}

export interface SandboxDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly stateFolder: string;
  readonly airtelCallbackUrl: string;
}

function scriptOf(name: string): string {
  const source = `simulators/${name}/main.ts`;
  return builtPrograms().get(source) ?? join(import.meta.dirname, '..', source);
}

/** Reads a simulator's first line; throws its refusal. */
function parseReady(line: string): Simulator {
  const said = JSON.parse(line) as {
    readonly ready?: boolean;
    readonly url?: string;
    readonly error?: string;
    readonly certificatePath?: string;
  };
  if (said.ready !== true || said.url === undefined) throw new Error(said.error ?? 'no reason');
  return { url: said.url, certificatePath: said.certificatePath };
}

export async function startSandbox(deps: SandboxDeps): Promise<Sandbox> {
  const { config } = deps;
  const simulators = config.simulators;
  const [mpesa, airtel] = await bothOrNone(
    simulators?.mpesa && config.mpesa && startMpesa(deps, simulators.mpesa.port),
    simulators?.airtel && config.airtel && startAirtel(deps, simulators.airtel.port),
  );
  let town: Child<true> | undefined;
  return {
    mpesa,
    airtel,
    openTown: async (engineUrl) => {
      if (mpesa === undefined && airtel === undefined) return;
      town = await startTown(deps, { engineUrl, mpesa, airtel });
    },
    stop: async () => {
      await town?.stop();
      await Promise.all([mpesa?.stop(), airtel?.stop()]);
    },
  };
}

type MaybeSimulator = Child<Simulator> | undefined;

/** Waits for both, so that none is left behind when the other does not start. */
async function bothOrNone(
  mpesa: Promise<Child<Simulator>> | undefined,
  airtel: Promise<Child<Simulator>> | undefined,
): Promise<readonly [MaybeSimulator, MaybeSimulator]> {
  const ends = await Promise.allSettled([mpesa, airtel]);
  const failed = ends.find((end) => end.status === 'rejected');
  const [first, second] = ends.map((end) => (end.status === 'fulfilled' ? end.value : undefined));
  if (failed === undefined) return [first, second];
  await Promise.all([first?.stop(), second?.stop()]);
  throw failed.reason;
}

const startMpesa = (deps: SandboxDeps, port: number): Promise<Child<Simulator>> => {
  const { config } = deps;
  return startSimulator(deps, {
    name: 'mpesa',
    port,
    settings: () => ({
      shortCode: config.mpesa?.shortCode,
      consumerKey: config.mpesa?.consumerKey.reveal(),
      consumerSecret: config.mpesa?.consumerSecret.reveal(),
      passkey: config.mpesa?.passkey.reveal(),
      initiatorName: config.mpesa?.initiatorName ?? 'nobody',
      initiatorPassword: config.mpesa?.initiatorPassword?.reveal() ?? 'nothing',
    }),
  });
};

const startAirtel = (deps: SandboxDeps, port: number): Promise<Child<Simulator>> => {
  const { airtel } = deps.config;
  return startSimulator(deps, {
    name: 'airtel',
    port,
    settings: () => ({
      clientId: airtel?.clientId.reveal(),
      clientSecret: airtel?.clientSecret.reveal(),
      pin: airtel?.pin?.kind === 'plain' ? airtel.pin.pin.reveal() : '0000',
      callbackUrl: deps.airtelCallbackUrl,
      callbackHashKey: airtel?.callbackHashKey?.reveal(),
      signing: airtel?.signing === 'on' ? 'required' : 'off',
    }),
  });
};

type SimulatorSettings = Readonly<Record<string, unknown>>;

async function startSimulator(
  deps: SandboxDeps,
  plan: {
    readonly name: RailId;
    readonly port: number;
    readonly settings: () => SimulatorSettings | Promise<SimulatorSettings>;
  },
): Promise<Child<Simulator>> {
  const { config, clock, log, stateFolder } = deps;
  // One that is started again has to be found where it was.
  let { port } = plan;
  const starting = superviseChild({
    name: `${plan.name}-simulator`,
    script: scriptOf(plan.name),
    clock,
    log,
    parseReady: (line) => {
      const ready = parseReady(line);
      port = Number(new URL(ready.url).port);
      return ready;
    },
    settings: async () => ({
      ...(await plan.settings()),
      port,
      stateDir: join(stateFolder, plan.name),
      seed: config.simulators?.seed ?? 1,
    }),
  });
  const stateDir = join(stateFolder, plan.name);
  const child = await starting.catch((error: unknown) => {
    throw new StartRefused(
      `The ${railNames[plan.name]} simulator did not start: ${textOf(error)}.`,
      `${config.log.file} tells more. It begins anew when ${stateDir} is moved away.`,
    );
  });
  const owner = config.transfers.rails[plan.name].payoutNumber;
  try {
    if (owner !== undefined) await giveWallet(child.ready.url, owner);
    return child;
  } catch (error) {
    await child.stop();
    throw error;
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The owner's own phone, which transfers go to. */
async function giveWallet(simulatorUrl: string, msisdn: Msisdn): Promise<void> {
  const response = await fetch(`${simulatorUrl}/sim/phones`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ msisdn, name: 'THE OWNER', balance: 0 }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) {
    throw new StartRefused(`A simulator refused the owner's phone: HTTP ${response.status}.`);
  }
}

const startTown = (
  { config, clock, log }: SandboxDeps,
  town: {
    readonly engineUrl: string;
    readonly mpesa: Child<Simulator> | undefined;
    readonly airtel: Child<Simulator> | undefined;
  },
): Promise<Child<true>> =>
  superviseChild({
    name: 'customers',
    script: scriptOf('customers'),
    clock,
    log,
    parseReady: (line) => {
      parseTownReady(line);
      return true as const;
    },
    settings: () => ({
      engineUrl: town.engineUrl,
      mpesa: town.mpesa && {
        simUrl: town.mpesa.ready.url,
        shortCode: config.mpesa?.shortCode,
      },
      airtel: town.airtel && { simUrl: town.airtel.ready.url },
      streams: streams.map((stream) => ({
        id: stream.id,
        rail: stream.rail,
        accountReference: stream.accountReference,
        lowMinor: stream.band.lowMinor.toString(),
        highMinor: stream.band.highMinor.toString(),
      })),
      shortCode: config.mpesa?.shortCode,
      seed: config.simulators?.seed ?? 1,
      demandFactor: config.simulators?.demandFactor ?? 1,
      cycleHours,
    }),
  });

function parseTownReady(line: string): void {
  const said = JSON.parse(line) as { ready?: boolean; error?: string };
  if (said.ready !== true) {
    throw new StartRefused(`The simulated customers did not start: ${said.error ?? 'no reason'}.`);
  }
}

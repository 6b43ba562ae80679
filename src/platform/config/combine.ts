import path from 'node:path';

import { err, ok, type RailId, railIds, railNames, type Result } from '#kernel';

import { airtelOf } from './combine-airtel.ts';
import { mpesaOf } from './combine-mpesa.ts';
import type { RailContext } from './combine-rail.ts';
import type {
  AirtelSettings,
  Config,
  DatabaseSettings,
  HttpSettings,
  MasterSettings,
  MpesaSettings,
  SimulatorSettings,
  TransferSettings,
} from './config.ts';
import { contradictionsIn } from './contradictions.ts';
import type { Flat } from './flat.ts';
import { isLoopback, isLoopbackHost } from './hosts.ts';
import { type ConfigProblem, hasErrors } from './problem.ts';
import { createReport, type Report } from './report.ts';
import { type ResolvedTargets, resolveTargets, type TargetsFile } from './targets.ts';

export interface Parts {
  readonly home: string;
  readonly flat: Flat;
  readonly targetsFile: TargetsFile | undefined;
  readonly securityKeyPem: string | undefined;
  /** Names of the settings that were given a value. */
  readonly given: readonly string[];
  /** Found while reading; they count with what is found here. */
  readonly earlier: readonly ConfigProblem[];
}

const masterKeyLengthMin = 16;
const masterSecretLengthMin = 32;

function masterKeyOf(flat: Flat, report: Report): MasterSettings['key'] | undefined {
  const { QMOI_MASTER_KEY_HASH: hash, QMOI_MASTER_API_KEY: plain } = flat;
  if (hash !== undefined && plain !== undefined) {
    report.error({
      name: 'QMOI_MASTER_API_KEY',
      cause: 'Both QMOI_MASTER_API_KEY and QMOI_MASTER_KEY_HASH are set; they may disagree.',
      fix: 'Keep QMOI_MASTER_KEY_HASH and remove QMOI_MASTER_API_KEY, or the other way round.',
    });
    return undefined;
  }
  if (hash !== undefined) return { kind: 'hash', hash };
  if (plain === undefined) {
    report.error({
      name: 'QMOI_MASTER_KEY_HASH',
      cause: 'There is no master key, so nobody could sign in.',
      fix: 'Run npm run qmoi:autoconfig, which makes one and shows it once.',
    });
    return undefined;
  }
  if (plain.reveal().length < masterKeyLengthMin) {
    report.error({
      name: 'QMOI_MASTER_API_KEY',
      cause: `QMOI_MASTER_API_KEY has fewer than ${masterKeyLengthMin} characters.`,
      fix: 'Remove it and run npm run qmoi:autoconfig, which makes a strong one.',
    });
    return undefined;
  }
  return { kind: 'plain', plain };
}

function masterOf(flat: Flat, report: Report): MasterSettings | undefined {
  const key = masterKeyOf(flat, report);
  const secret = flat.QMOI_MASTER_SECRET;
  if (secret === undefined || secret.reveal().length < masterSecretLengthMin) {
    report.error({
      name: 'QMOI_MASTER_SECRET',
      cause:
        secret === undefined
          ? 'QMOI_MASTER_SECRET is missing, so nothing could be encrypted or sealed.'
          : `QMOI_MASTER_SECRET has fewer than ${masterSecretLengthMin} characters.`,
      fix:
        'On a new installation run npm run qmoi:autoconfig. On one with data put the old ' +
        'secret back: what it encrypted cannot be read with another.',
    });
    return undefined;
  }
  if (key === undefined) return undefined;
  return { key, secret, phone: flat.QMOI_MASTER_PHONE, email: flat.QMOI_MASTER_EMAIL };
}

const databaseOf = (flat: Flat, home: string): DatabaseSettings =>
  flat.DATABASE_URL === undefined
    ? {
        kind: 'embedded',
        dataFolder: path.join(home, 'data', flat.QMOI_MODE, 'postgres'),
        osUser: flat.QMOI_DATABASE_OS_USER,
      }
    : { kind: 'server', url: flat.DATABASE_URL };

function checkLiveHttp(flat: Flat, report: Report): void {
  const address = flat.QMOI_PUBLIC_URL;
  if (address === undefined || !address.startsWith('https://') || isLoopback(address)) {
    report.error({
      name: 'QMOI_PUBLIC_URL',
      cause: 'Live mode needs a public https address: providers deliver their results to it.',
      fix: 'Set QMOI_PUBLIC_URL=https://pay.example.co.ke to where your proxy is reached.',
    });
  }
  if (isLoopbackHost(flat.QMOI_HOST) && flat.QMOI_TRUSTED_PROXIES === undefined) {
    report.warning({
      name: 'QMOI_TRUSTED_PROXIES',
      cause:
        'The engine listens on loopback behind a proxy it does not trust, so every callback ' +
        'seems to come from this machine and none from Safaricom.',
      fix: 'Set QMOI_TRUSTED_PROXIES=127.0.0.1 if the proxy runs on this machine.',
    });
  }
}

function httpOf(flat: Flat, report: Report): HttpSettings {
  const { QMOI_HOST: host, QMOI_PORT: port, QMOI_MODE: mode } = flat;
  if (mode === 'live') checkLiveHttp(flat, report);
  const address = flat.QMOI_PUBLIC_URL;
  if (mode === 'sandbox' && address?.startsWith('http://') === true && !isLoopback(address)) {
    report.warning({
      name: 'QMOI_PUBLIC_URL',
      cause: 'QMOI_PUBLIC_URL is not encrypted, so the master key would travel in the clear.',
      fix: 'Use https, or loopback.',
    });
  }
  return {
    host,
    port,
    publicUrl: address ?? `http://127.0.0.1:${port}`,
    trustedProxies: flat.QMOI_TRUSTED_PROXIES ?? [],
  };
}

function targetsOf({ flat, targetsFile }: Parts, report: Report): ResolvedTargets {
  const resolved = resolveTargets(targetsFile, {
    targetMinor: { mpesa: flat.QMOI_DAILY_TARGET_MPESA, airtel: flat.QMOI_DAILY_TARGET_AIRTEL },
    autoTransferMinor: {
      mpesa: flat.QMOI_AUTO_TRANSFER_MPESA,
      airtel: flat.QMOI_AUTO_TRANSFER_AIRTEL,
    },
  });
  report.add(contradictionsIn(resolved));
  return resolved;
}

const minuteMs = 60_000;

function transfersOf(flat: Flat, resolved: ResolvedTargets): TransferSettings {
  const { targets, autoTransferMinor } = resolved;
  return {
    combinedDailyCapMinor: autoTransferMinor.combined,
    quietHours: flat.QMOI_TRANSFER_QUIET_HOURS,
    autoTopUps: flat.QMOI_AUTO_TOP_UP_MPESA ? ['mpesa'] : [],
    rails: {
      mpesa: {
        dailyCapMinor: autoTransferMinor.mpesa,
        triggerMinor: flat.QMOI_TRANSFER_TRIGGER_MPESA ?? targets.mpesa.minimumMinor,
        reserveMinor: flat.QMOI_TRANSFER_RESERVE_MPESA,
        checkEveryMs: flat.QMOI_TRANSFER_CHECK_MINUTES_MPESA * minuteMs,
        payoutNumber: flat.MPESA_PHONE_NUMBER,
      },
      airtel: {
        dailyCapMinor: autoTransferMinor.airtel,
        triggerMinor: flat.QMOI_TRANSFER_TRIGGER_AIRTEL ?? targets.airtel.minimumMinor,
        reserveMinor: flat.QMOI_TRANSFER_RESERVE_AIRTEL,
        checkEveryMs: flat.QMOI_TRANSFER_CHECK_MINUTES_AIRTEL * minuteMs,
        payoutNumber: flat.AIRTEL_PHONE_NUMBER,
      },
    },
  };
}

interface Rails {
  readonly mpesa: MpesaSettings | undefined;
  readonly airtel: AirtelSettings | undefined;
}

function railsOf({ flat, securityKeyPem }: Parts, report: Report): Rails {
  const mode = flat.QMOI_MODE;
  if (mode === 'live' && flat.QMOI_SIMULATORS === true) {
    report.error({
      name: 'QMOI_SIMULATORS',
      cause: 'Simulators are on, but QMOI_MODE is live: their money is not real.',
      fix: 'Remove QMOI_SIMULATORS, or set QMOI_MODE=sandbox.',
    });
  }
  const isSimulated = mode === 'sandbox' && flat.QMOI_SIMULATORS !== false;
  const context: RailContext = { mode, isSimulated, securityKeyPem };
  const before = report.problems.length;
  const rails = { mpesa: mpesaOf(flat, context, report), airtel: airtelOf(flat, context, report) };
  const isQuiet = report.problems.length === before;
  if (rails.mpesa === undefined && rails.airtel === undefined && isQuiet) {
    report.error({
      name: 'MPESA_CONSUMER_KEY',
      cause: 'Neither M-Pesa nor Airtel Money has credentials, so no money could come in.',
      fix: 'Run npm run qmoi:autoconfig for the sandbox, or set a provider’s credentials.',
    });
  }
  return rails;
}

function warnOfIdleTransfers(
  { mpesa, airtel }: Rails,
  transfers: TransferSettings,
  report: Report,
): void {
  const isOn: Record<RailId, boolean> = {
    mpesa: mpesa !== undefined,
    airtel: airtel !== undefined,
  };
  for (const rail of railIds) {
    const { dailyCapMinor, payoutNumber } = transfers.rails[rail];
    if (!isOn[rail] || dailyCapMinor === 0n || payoutNumber !== undefined) continue;
    const name = `${rail.toUpperCase()}_PHONE_NUMBER`;
    report.warning({
      name,
      cause: `${railNames[rail]} has an auto-transfer cap but no phone to send to.`,
      fix: `Set ${name}, or QMOI_AUTO_TRANSFER_${rail.toUpperCase()}=0.`,
    });
  }
}

function simulatorsOf(flat: Flat, { mpesa, airtel }: Rails): SimulatorSettings | undefined {
  const needsMpesa = mpesa !== undefined && mpesa.baseUrl === undefined;
  const needsAirtel = airtel !== undefined && airtel.baseUrl === undefined;
  if (!needsMpesa && !needsAirtel) return undefined;
  return {
    mpesa: needsMpesa ? { port: flat.QMOI_SIMULATOR_PORT_MPESA } : undefined,
    airtel: needsAirtel ? { port: flat.QMOI_SIMULATOR_PORT_AIRTEL } : undefined,
    seed: flat.QMOI_SIMULATOR_SEED,
    demandFactor: flat.QMOI_SIMULATOR_DEMAND,
  };
}

/** The second step: holds the settings against each other and refuses what cannot be. */
export function combine(parts: Parts): Result<Config, readonly ConfigProblem[]> {
  const { home, flat, earlier } = parts;
  const report = createReport();
  const master = masterOf(flat, report);
  const http = httpOf(flat, report);
  const rails = railsOf(parts, report);
  const resolved = targetsOf(parts, report);
  const transfers = transfersOf(flat, resolved);
  warnOfIdleTransfers(rails, transfers, report);
  // A setting that could not be read is reported once, not again as a missing one.
  const told = new Set(earlier.map(({ name }) => name));
  const problems = [...earlier, ...report.problems.filter(({ name }) => !told.has(name))];
  if (master === undefined || hasErrors(problems)) return err(problems);
  return ok({
    mode: flat.QMOI_MODE,
    home,
    businessName: flat.QMOI_BUSINESS_NAME,
    database: databaseOf(flat, home),
    http,
    log: { file: path.join(home, 'logs', 'revenue_engine.log'), level: flat.QMOI_LOG_LEVEL },
    master,
    targets: resolved.targets,
    transfers,
    ...rails,
    simulators: simulatorsOf(flat, rails),
    support: { whatsapp: flat.QMOI_SUPPORT_WHATSAPP, email: flat.QMOI_SUPPORT_EMAIL },
    given: parts.given,
    warnings: problems,
  });
}

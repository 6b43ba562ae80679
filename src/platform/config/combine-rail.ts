import type { Mode } from './config.ts';
import type { Flat } from './flat.ts';
import { isLoopback, moneyBehind } from './hosts.ts';
import type { Report } from './report.ts';

export interface RailContext {
  readonly mode: Mode;
  /** Whether the engine brings simulators. */
  readonly isSimulated: boolean;
  /** Safaricom's public key as found in the file that the settings name. */
  readonly securityKeyPem: string | undefined;
}

/** Says which of a rail's credentials are missing; a rail with none of them is simply off. */
export function reportMissing(
  { rail, names, flat }: { rail: string; names: readonly (keyof Flat)[]; flat: Flat },
  report: Report,
): void {
  for (const name of names.filter((candidate) => flat[candidate] === undefined)) {
    report.error({
      name,
      cause: `${name} is missing, although other ${rail} credentials are set.`,
      fix: `Set ${name}, or remove all of ${names.join(', ')} to leave the rail out.`,
    });
  }
}

/** Refuses a provider address whose money does not fit the mode. */
export function checkAddress(
  { name, address, mode }: { name: string; address: string | undefined; mode: Mode },
  report: Report,
): void {
  if (address === undefined) return;
  const money = moneyBehind(address);
  if (mode === 'live' && money === 'pretended') {
    report.error({
      name,
      cause: `${name} leads to a sandbox, but QMOI_MODE is live.`,
      fix: `Remove ${name} to use the provider’s own host, or set QMOI_MODE=sandbox.`,
    });
  }
  if (mode === 'sandbox' && money === 'real') {
    report.error({
      name,
      cause: `${name} leads to real money, but QMOI_MODE is sandbox.`,
      fix: `Remove ${name} to use the simulator, or set QMOI_MODE=live.`,
    });
  }
  if (!address.startsWith('https://') && !isLoopback(address)) {
    report.error({
      name,
      cause: `${name} is not encrypted, so credentials would travel in the clear.`,
      fix: `Write ${name} with https://.`,
    });
  }
}

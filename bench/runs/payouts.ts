import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pairedRatios } from '../figures/statistics.ts';
import { stretchTable, tableOf } from '../figures/table.ts';
import { startWorker, type WorkerProcess } from '../machine/worker-process.ts';
import type { Options } from '../options.ts';
import { openPayoutSeeder, type PayoutSeeder } from '../product/payouts.ts';
import type { ProviderReady, ProviderSummary } from '../provider/job.ts';
import { eventually } from '../../test/support/engine-process.ts';
import { readWindow, untilQuiet, type Measured } from './measure.ts';
import { timingOf } from './quick.ts';
import type { Report } from './report.ts';
import { enoughFor, measureProduct, warmUp } from './rounds.ts';
import { clock, openStage, type Stage } from './stage.ts';

const connections = 64;
/** At first, with caches cold; afterwards what the last stretch gave. */
const perSecondGuess = 1_000;
const rehearsal = { count: 2_000, measureMs: 1_000 };
/** Between the last row and the moment they are due. */
const seedPerSecondMin = 3_000;
const settleMs = 2_000;
const drainMsMax = 120_000;
const modulusBits = 2_048;

interface Bank {
  readonly provider: WorkerProcess;
  readonly seeder: PayoutSeeder;
  seeded: number;
}

/**
 * Approved transfers on their whole way: intent, request, answer, result, books. The provider
 * stands beside, on the same cores, and answers at once.
 */
export async function payouts(options: Options, tell: (text: string) => void): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'qmoi-bench-provider-'));
  const certificate = join(folder, 'key.pem');
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: modulusBits });
  writeFileSync(certificate, publicKey.export({ type: 'spki', format: 'pem' }));
  const provider = startWorker('provider/main.ts');
  try {
    const ready = await provider.hear<ProviderReady>('ready');
    const stage = await openStage(timingOf(options), tell, {
      configured: {
        MPESA_BASE_URL: `http://127.0.0.1:${ready.port}`,
        MPESA_CERTIFICATE_FILE: certificate,
      },
    });
    try {
      provider.tell({ port: stage.product.port, connections });
      const report = await payoutsOn(stage, options, provider);
      return { ...report, faults: [...(report.faults ?? []), ...stage.faults] };
    } finally {
      await stage.close();
    }
  } finally {
    await provider.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function payoutsOn(
  stage: Stage,
  { rounds }: Pick<Options, 'rounds'>,
  provider: WorkerProcess,
): Promise<Report> {
  const guess = await warmUp(stage);
  const { connectionString } = await stage.database();
  const seeder = await openPayoutSeeder(connectionString(), stage.product.secrets);
  try {
    const bank: Bank = { provider, seeder, seeded: 0 };
    stage.tell('payouts, warming up');
    const cold = await measurePayouts(stage, bank, rehearsal);
    let perSecond = Math.max(cold.perSecond, perSecondGuess);
    const taken: Measured[] = [];
    const paid: Measured[] = [];
    for (let n = 1; n <= rounds; n += 1) {
      stage.tell(`payouts, round ${n} of ${rounds}`);
      taken.push(await measureProduct(stage, { callbacks: enoughFor(stage, guess) }));
      const measured = await untilQuiet(stage.pace.attemptsMax, () =>
        measurePayouts(stage, bank, {
          count: enoughFor(stage, perSecond),
          measureMs: stage.pace.measureMs,
        }),
      );
      paid.push(measured);
      perSecond = Math.max(perSecond, measured.perSecond);
    }
    await stage.prove();
    return await reportOf(bank, { taken, paid });
  } finally {
    await seeder.close();
  }
}

async function measurePayouts(
  stage: Stage,
  bank: Bank,
  { count, measureMs }: { readonly count: number; readonly measureMs: number },
): Promise<Measured> {
  const dueAt = clock.now() + settleMs + (count / seedPerSecondMin) * 1_000;
  await bank.seeder.seed(count, dueAt);
  bank.seeded += count;
  const databasePid = await stage.product.databasePid();
  bank.provider.tell({ warmUpMs: stage.pace.warmUpMs, measureMs, expected: count });
  const watched = { nodePid: stage.product.engine.pid, databasePid };
  const measured = await readWindow(bank.provider, watched);
  await eventually(
    'all payouts are booked',
    async () => (await bank.seeder.states()).others === 0,
    drainMsMax,
  );
  return measured;
}

async function reportOf(
  bank: Bank,
  { taken, paid }: { readonly taken: readonly Measured[]; readonly paid: readonly Measured[] },
): Promise<Report> {
  bank.provider.tell('summary');
  const summary = await bank.provider.hear<ProviderSummary>('summary');
  const { completed, receipts } = await bank.seeder.states();
  const faults = [
    ...(summary.askedAgain > 0 ? [`${summary.askedAgain} payouts were sent twice`] : []),
    ...(completed === bank.seeded ? [] : [`${bank.seeded - completed} payouts are not booked`]),
    ...(receipts === completed ? [] : [`${completed - receipts} receipts are booked twice`]),
  ];
  return {
    tables: [
      stretchTable([
        ['callbacks', taken],
        ['payouts', paid],
      ]),
      tableOf([
        ['payouts', 'ordered', 'sent', 'sent twice', 'told', 'told in vain', 'booked'],
        [
          'all rounds',
          ...[bank.seeded, summary.asked, summary.askedAgain, summary.told, summary.untold].map(
            (count) => count.toLocaleString('en'),
          ),
          completed.toLocaleString('en'),
        ],
      ]),
    ],
    findings: [
      {
        id: 'P16',
        values: pairedRatios(
          paid.map(({ perSecond }) => perSecond),
          taken.map(({ perSecond }) => perSecond),
        ),
        note: 'intent and result durable; the provider stands on the same cores',
      },
    ],
    faults,
  };
}

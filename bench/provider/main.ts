/**
 * A provider that pays at once, in a process of its own: it says where it listens, is told a job as
 * a line of JSON, then a plan for each stretch that counts, and `summary` in the end. It takes
 * every payout, sends its result as soon as it has answered, and knows nothing else of M-Pesa.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';

import { createHistogram, type Histogram } from '../figures/histogram.ts';
import { openConnection, type Connection } from '../generator/connection.ts';
import { createWindow, say, type Window } from '../generator/window.ts';
import type { ProviderJob, ProviderOutcome, ProviderPlan } from './job.ts';
import { resultRequestOf, type AskedPayout } from './result.ts';

interface Result {
  readonly request: Buffer;
  readonly sinceMs: number;
}

interface Stretch {
  readonly plan: ProviderPlan;
  readonly window: Window;
  readonly histogram: Histogram;
  told: number;
}

interface PayoutBody {
  readonly OriginatorConversationID: string;
  readonly Amount: number;
  readonly PartyB: string;
  readonly ResultURL: string;
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const nextLine = async (): Promise<string> => (await lines.next()).value ?? '';
const parseJob = (line: string): ProviderJob => JSON.parse(line) as ProviderJob;
const parsePlan = (line: string): ProviderPlan | 'summary' =>
  JSON.parse(line) as ProviderPlan | 'summary';
const parsePayout = (text: string): PayoutBody => JSON.parse(text) as PayoutBody;
const times = new Map<string, number>();
const waiting: Result[] = [];
let waitingFrom = 0;
const idle: Carrier[] = [];
let [asked, told, untold] = [0, 0, 0];
let plan: ProviderPlan | undefined;
let stretch: Stretch | undefined;

interface Carrier {
  readonly connection: Connection;
  sinceMs: number;
}

const token = JSON.stringify({ access_token: 'bench', expires_in: '3599' });
const acknowledged = (ownId: string): string =>
  JSON.stringify({
    ConversationID: `AG_${ownId}`,
    OriginatorConversationID: ownId,
    ResponseCode: '0',
    ResponseDescription: 'Accept the service request successfully.',
  });

function begin(planned: ProviderPlan): Stretch {
  const window = createWindow(planned);
  const begun: Stretch = { plan: planned, window, histogram: createHistogram(), told: 0 };
  void window.ended.then(() => say(outcomeOf(begun)));
  return begun;
}

function outcomeOf({ window, histogram }: Stretch): ProviderOutcome {
  return {
    event: 'done',
    ...window.sums(),
    refused: {},
    unanswered: untold,
    sent: asked,
    p50Us: histogram.quantileUs(0.5),
    p90Us: histogram.quantileUs(0.9),
    p99Us: histogram.quantileUs(0.99),
    maxUs: histogram.maxUs,
    backlog: 0,
  };
}

function carry(port: number): Carrier {
  const carrier: Carrier = {
    sinceMs: 0,
    connection: openConnection(
      { host: '127.0.0.1', port },
      {
        onIdle: () => {
          const next = waiting[waitingFrom];
          if (next === undefined) idle.push(carrier);
          else {
            waitingFrom += 1;
            tell(carrier, next);
          }
        },
        onAnswer: (status) => onTold(carrier, status),
        onBroken: () => void (untold += 1),
      },
    ),
  };
  return carrier;
}

function tell(carrier: Carrier, { request, sinceMs }: Result): void {
  carrier.sinceMs = sinceMs;
  carrier.connection.send(request);
}

/** From the request for a payout until its result is booked. */
function onTold({ sinceMs }: Carrier, status: number): void {
  if (status !== 200) {
    untold += 1;
    return;
  }
  told += 1;
  if (stretch === undefined) return;
  const { window, histogram } = stretch;
  const now = performance.now();
  stretch.told += 1;
  if (window.covers(now)) {
    window.taken += 1;
    histogram.add((now - sinceMs) * 1_000);
  }
  if (stretch.told >= stretch.plan.expected) window.end({ ranOut: true });
}

function take(payout: AskedPayout): void {
  if (plan !== undefined) stretch = begin(plan);
  plan = undefined;
  times.set(payout.ownId, (times.get(payout.ownId) ?? 0) + 1);
  asked += 1;
  const result = { request: resultRequestOf(payout, asked), sinceMs: performance.now() };
  const carrier = idle.pop();
  if (carrier === undefined) waiting.push(result);
  else tell(carrier, result);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const json = (answered: string): void => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(answered),
    });
    response.end(answered);
  };
  const url = request.url ?? '';
  if (url.startsWith('/oauth/')) return json(token);
  // Questions are acknowledged as well; nothing ever comes of them.
  if (!url.startsWith('/mpesa/b2c/')) return json(acknowledged('question'));
  const body = parsePayout(text);
  const ownId = body.OriginatorConversationID;
  json(acknowledged(ownId));
  take({ ownId, amount: body.Amount, phone: body.PartyB, resultUrl: body.ResultURL });
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  say({ event: 'ready', port: typeof address === 'object' && address ? address.port : 0 });
});

// The engine's port is known only after ours: it is told where to find us when it starts.
const job = parseJob(await nextLine());
const carriers = Array.from({ length: job.connections }, () => carry(job.port));
for (let line = await nextLine(); line !== ''; line = await nextLine()) {
  const word = parsePlan(line);
  if (word !== 'summary') {
    plan = word;
    continue;
  }
  const askedAgain = [...times.values()].filter((count) => count > 1).length;
  say({ event: 'summary', asked, askedAgain, told, untold });
}
for (const { connection } of carriers) connection.close();
server.close();
server.closeAllConnections();

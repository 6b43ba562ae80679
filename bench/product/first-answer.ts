import { createWallClock, invariant, type Secret } from '#kernel';
import { createCallbackTokens, deriveKeys } from '#security';

const clock = createWallClock();
const pauseMs = 2;

/** A paybill payment that needs nothing to be in the books before it. */
function paymentOf({ shortCode, receipt }: { shortCode: string; receipt: string }): string {
  return JSON.stringify({
    TransactionType: 'Pay Bill',
    TransID: receipt,
    TransTime: '20261126143500',
    TransAmount: '100.00',
    BusinessShortCode: shortCode,
    BillRefNumber: 'AI',
    MSISDN: '2547 ***** 126',
    FirstName: 'WANJIRU',
  });
}

/** Sends one callback again and again until it is taken: how long a payer's provider is unheard. */
export async function untilFirstAnswer(engine: {
  readonly port: number;
  readonly masterSecret: Secret<string>;
  readonly shortCode: string;
  readonly receipt: string;
  readonly withinMs: number;
}): Promise<void> {
  const keys = deriveKeys(engine.masterSecret);
  invariant(keys.ok, 'the master secret is strong');
  const token = createCallbackTokens({ keys: keys.value }).tokenFor({
    channel: 'paybill-confirmation',
    subject: 0n,
  });
  const url = `http://127.0.0.1:${engine.port}/hooks/paybill-confirmation/${token}`;
  const body = paymentOf(engine);
  const until = clock.now() + engine.withinMs;
  while (clock.now() < until) {
    const status = await fetch(url, { method: 'POST', body })
      .then((answer) => answer.status)
      .catch(() => undefined);
    if (status === 200) return;
    await clock.sleep(pauseMs);
  }
  throw new Error(`no callback was taken within ${engine.withinMs} ms`);
}

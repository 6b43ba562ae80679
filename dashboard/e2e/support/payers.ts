import {
  eventually,
  type Json,
  type RunningInstallation,
} from '../../../test/support/engine-process.ts';
import { shortCode, type Providers } from '../../../test/support/simulator-process.ts';

interface PayOrder {
  /** Whole shillings. */
  readonly amount: number;
  /** What the payer types as account: `TRADING`, `AI`; anything else lies in suspense. */
  readonly reference?: string;
}

export interface Payers {
  /** A customer pays to the paybill by phone; answers the booked payment. */
  pay(order: PayOrder): Promise<Json>;
  /** The same without waiting for the engine: answers the receipt that the phone got. */
  payUnseen(order: PayOrder): Promise<string>;
  /** A customer is prompted on Airtel Money and agrees; answers the charge once it is paid. */
  payByAirtel(order: { readonly amount: number; readonly stream?: string }): Promise<Json>;
}

const mpesaPayer = { msisdn: '254722000333', name: 'WANJIKU KAMAU', balance: 400_000 };
const airtelPayer = {
  msisdn: '254733000333',
  name: 'OTIENO ODHIAMBO',
  balance: 400_000,
  script: { onPrompt: 'approve', afterMs: 20 },
};

interface PayerDeps {
  readonly engine: () => RunningInstallation;
  readonly providers: Providers;
}

export function createPayers({ engine, providers }: PayerDeps): Payers {
  const made = new Set<string>();
  const phoneOf = async (rail: 'mpesa' | 'airtel'): Promise<string> => {
    const payer = rail === 'mpesa' ? mpesaPayer : airtelPayer;
    if (!made.has(rail)) await providers[rail].post('/sim/phones', payer);
    made.add(rail);
    return payer.msisdn;
  };

  const payUnseen = async ({ amount, reference = 'TRADING' }: PayOrder): Promise<string> => {
    const { receipt } = await providers.mpesa.post(`/sim/phones/${await phoneOf('mpesa')}/pay`, {
      shortCode,
      accountReference: reference,
      amount,
    });
    return String(receipt);
  };

  return {
    payUnseen,
    pay: async (order) => {
      const receipt = await payUnseen(order);
      return eventually(`${receipt} is booked`, async () => {
        const found = await engine().get(`/api/qmoi/revenue/transactions?receipt=${receipt}`);
        return (found as { items: Json[] }).items[0];
      });
    },
    payByAirtel: async ({ amount, stream = 'airtime' }) => {
      const phone = await phoneOf('airtel');
      const answer = await engine().post('/api/qmoi/charges', {
        stream,
        amount,
        phone,
        consent: { basis: 'payer-act' },
      });
      if (!answer.ok) throw new Error(`no charge was made: ${await answer.text()}`);
      const { id } = (await answer.json()) as { id: string };
      return eventually(`charge ${id} is paid`, async () => {
        const found = await engine().get(`/api/qmoi/charges/${id}`);
        return (found['charge'] as Json)['state'] === 'paid' && found;
      });
    },
  };
}

import { textOf } from '../../text/language.ts';

export const streamsText = textOf({
  en: {
    lead: 'What you sell, what each took, and what a payer types to pay for it.',
    cycle: (hours: number, over: string, endsAt: string) =>
      `A cycle lasts ${hours} hours; ${over} today are over, the one under way ends at ${endsAt}. The band says what the cycles of today so far should have brought.`,
    overOf: (over: number, all: number) => `${over} of ${all}`,
    sort: 'Order',
    sorts: { concern: 'What concerns first', name: 'By name' },
    today: 'Today',
    payments: (count: number, text: string) => (count === 1 ? '1 payment' : `${text} payments`),
    states: {
      below: 'Below its band',
      within: 'Within its band',
      above: 'Above its band',
    },
    stateWhy: {
      below: (missing: string) => `${missing} short of what its cycles should have brought by now.`,
      within: () => 'As its cycles should have brought by now.',
      above: (more: string) => `${more} more than its cycles usually bring by now.`,
    },
    band: (low: string, high: string) => `${low} to ${high} expected by now`,
    perCycle: (low: string, high: string) => `${low} to ${high} a cycle`,
    bandLabel: (today: string, low: string, high: string) =>
      `${today} today, beside ${low} to ${high} expected by now`,
    week: '7 days',
    month: '28 days',
    daysLabel: (name: string) => `Takings of ${name} on each of the last 28 days`,
    reference: 'A payer types',
    paybill: (number: string) => `paybill ${number}, account`,
    till: (number: string) => `till ${number}; the payment is assigned by its bill`,
    noPayTo: 'as reference; a till or paybill is not set up for this rail',
    table: 'The streams',
  },
  sw: {
    lead: 'Unachouza, kila kimoja kimepata nini, na mlipaji anaandika nini kukilipia.',
    cycle: (hours: number, over: string, endsAt: string) =>
      `Mzunguko ni saa ${hours}; ${over} ya leo imeisha, wa sasa unaisha saa ${endsAt}. Wigo unaonyesha kile ambacho mizunguko ya leo hadi sasa ingeleta.`,
    overOf: (over: number, all: number) => `${over} kati ya ${all}`,
    sort: 'Mpangilio',
    sorts: { concern: 'Yanayohitaji kuangaliwa kwanza', name: 'Kwa jina' },
    today: 'Leo',
    payments: (count: number, text: string) => (count === 1 ? 'malipo 1' : `malipo ${text}`),
    states: {
      below: 'Chini ya wigo wake',
      within: 'Ndani ya wigo wake',
      above: 'Juu ya wigo wake',
    },
    stateWhy: {
      below: (missing: string) => `Pungufu ya ${missing} kwa kile ambacho mizunguko ingeleta sasa.`,
      within: () => 'Kama mizunguko yake ingeleta hadi sasa.',
      above: (more: string) => `${more} zaidi ya kile ambacho mizunguko huleta hadi sasa.`,
    },
    band: (low: string, high: string) => `${low} hadi ${high} hutarajiwa sasa`,
    perCycle: (low: string, high: string) => `${low} hadi ${high} kwa mzunguko`,
    bandLabel: (today: string, low: string, high: string) =>
      `${today} leo, kando ya ${low} hadi ${high} zinazotarajiwa sasa`,
    week: 'Siku 7',
    month: 'Siku 28',
    daysLabel: (name: string) => `Mapato ya ${name} kwa kila siku kati ya 28 zilizopita`,
    reference: 'Mlipaji anaandika',
    paybill: (number: string) => `paybill ${number}, akaunti`,
    till: (number: string) => `till ${number}; malipo hupangwa kwa ankara yake`,
    noPayTo: 'kama kumbukumbu; njia hii haina till wala paybill',
    table: 'Mikondo',
  },
});

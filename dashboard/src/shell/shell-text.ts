import { textOf } from '../text/language.ts';

export const shellText = textOf({
  en: {
    sandbox: 'SANDBOX',
    sandboxWhy: 'no real money: simulators of M-Pesa and Airtel Money',
    lines: {
      connecting: 'Connecting…',
      live: 'Live',
      reconnecting: 'Reconnecting…',
      stale: 'Not live',
    },
    staleSince: (time: string) =>
      `Not live. What you see is as of ${time}; more may have been paid since.`,
    staleNever: 'Not live. The engine has not been heard yet.',
    databaseAway: (time: string) =>
      `The database is away. Payments are still taken in and will be booked; figures are as of ${time}.`,
    stopped: 'The engine is stopped: payments are booked, but nothing is sent and nobody is asked.',
    open: (count: number) => `${count} open`,
    newVersion: 'A new version of this screen is here.',
    load: 'Load it',
    notFound: 'There is no such page',
    notFoundWhy: 'The address may be old. The navigation has everything there is.',
  },
  sw: {
    sandbox: 'MAJARIBIO',
    sandboxWhy: 'si pesa halisi: viigizo vya M-Pesa na Airtel Money',
    lines: {
      connecting: 'Inaunganisha…',
      live: 'Moja kwa moja',
      reconnecting: 'Inaunganisha tena…',
      stale: 'Si ya sasa',
    },
    staleSince: (time: string) =>
      `Si ya sasa. Unachoona ni cha ${time}; huenda zaidi yamelipwa tangu wakati huo.`,
    staleNever: 'Si ya sasa. Injini bado haijasikika.',
    databaseAway: (time: string) =>
      `Hifadhidata haipatikani. Malipo bado yanapokelewa na yataandikwa; takwimu ni za ${time}.`,
    stopped:
      'Injini imesimamishwa: malipo yanaandikwa, lakini hakuna kinachotumwa wala anayeombwa.',
    open: (count: number) => `${count} wazi`,
    newVersion: 'Toleo jipya la skrini hii lipo.',
    load: 'Lipakie',
    notFound: 'Hakuna ukurasa huo',
    notFoundWhy: 'Huenda anwani ni ya zamani. Menyu ina kila kitu kilichopo.',
  },
});

import { textOf } from '../text/language.ts';

export const loginText = textOf({
  en: {
    title: 'Log in',
    lead: {
      asking: '',
      in: '',
      out: 'With the master key that was shown when the engine was set up.',
      ended: 'Your session has ended. What you have typed is still here: log in and go on.',
      locked: 'Locked because nobody touched it for a while. Log in and go on where you were.',
      unreachable: 'The engine did not answer. Log in when it is back.',
    },
    key: 'Master key',
    hint: 'The browser sends it to your engine, and keeps it nowhere.',
    submit: 'Log in',
    lost: 'Lost it? On the machine itself, "npx qmoi help" says how to get back in.',
    checking: 'Asking the engine…',
    noAnswer: 'The engine does not answer',
    noAnswerWhy:
      'It may be stopped or starting, or this device has no line to it. This page tries again by itself.',
  },
  sw: {
    title: 'Ingia',
    lead: {
      asking: '',
      in: '',
      out: 'Kwa ufunguo mkuu ulioonyeshwa injini ilipowekwa.',
      ended: 'Kipindi chako kimeisha. Ulichoandika bado kipo: ingia uendelee.',
      locked: 'Imefungwa kwa sababu haikuguswa kwa muda. Ingia uendelee ulipoishia.',
      unreachable: 'Injini haikujibu. Ingia itakaporudi.',
    },
    key: 'Ufunguo mkuu',
    hint: 'Kivinjari huutuma kwa injini yako, na hakiuhifadhi popote.',
    submit: 'Ingia',
    lost: 'Umeupoteza? Kwenye mashine yenyewe, "npx qmoi help" inaeleza jinsi ya kuingia tena.',
    checking: 'Inauliza injini…',
    noAnswer: 'Injini haijibu',
    noAnswerWhy:
      'Huenda imesimamishwa au inaanza, au kifaa hiki hakina mtandao. Ukurasa huu utajaribu tena wenyewe.',
  },
});

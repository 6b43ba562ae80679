import type { holdReasonSchema } from '#api/contract';
import type { z } from 'zod';

import { textOf } from './language.ts';

type Hold = z.output<typeof holdReasonSchema>;

/** Why nothing is sent now, and what would change that. */
export const holdText = textOf<Readonly<Record<Hold, string>>>({
  en: {
    'switched-off': 'Automatic transfers are switched off.',
    'no-payout-number': 'There is no number to send to: set one up.',
    'number-not-confirmed': 'The number is not confirmed yet: send it a test and type its receipt.',
    'engine-stopped': 'The engine is stopped.',
    'cancelled-today': "Today's was cancelled: tomorrow it goes again, today only by hand.",
    'done-today': "Today's transfer is done.",
    'credentials-refused': 'The provider refused our credentials: put them right.',
    'failed-too-often': 'It failed too often today: look at the transfers.',
    'number-cooling': 'The number is new and waits for its cooling-off time.',
    'combined-cap': 'Both rails together have sent what a day may send.',
    'daily-limit': "The provider's daily limit is reached.",
    'trigger-not-reached': 'The day has not earned enough for it yet.',
    reserve: 'What would be left is less than the reserve.',
    'cap-out-of-range': 'The amount set lies outside what the provider sends.',
    'quiet-hours': 'It is night: nothing is sent until morning.',
    'float-low': 'The wallet does not have that much.',
  },
  sw: {
    'switched-off': 'Uhamisho wa moja kwa moja umezimwa.',
    'no-payout-number': 'Hakuna nambari ya kutumia: weka moja.',
    'number-not-confirmed': 'Nambari bado haijathibitishwa: itumie jaribio na uandike risiti yake.',
    'engine-stopped': 'Injini imesimamishwa.',
    'cancelled-today': 'Wa leo umeghairiwa: utatumwa tena kesho, leo kwa mkono tu.',
    'done-today': 'Uhamisho wa leo umefanyika.',
    'credentials-refused': 'Mtoa huduma amekataa vitambulisho vyetu: virekebishe.',
    'failed-too-often': 'Umeshindwa mara nyingi leo: angalia uhamisho.',
    'number-cooling': 'Nambari ni mpya na inasubiri muda wake wa utulivu.',
    'combined-cap': 'Njia zote mbili zimetuma kiasi cha juu cha siku.',
    'daily-limit': 'Kikomo cha siku cha mtoa huduma kimefikiwa.',
    'trigger-not-reached': 'Siku bado haijapata ya kutosha.',
    reserve: 'Kitakachobaki ni kidogo kuliko akiba.',
    'cap-out-of-range': 'Kiasi kilichowekwa kiko nje ya kile mtoa huduma hutuma.',
    'quiet-hours': 'Ni usiku: hakuna kinachotumwa hadi asubuhi.',
    'float-low': 'Pochi haina kiasi hicho.',
  },
});

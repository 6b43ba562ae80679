import { codeSubjects, type CodeSubject } from '#rails';

import * as codes from '../../simulators/airtel/codes.ts';

const families = {
  prompt: codes.collectionCodes,
  refund: codes.collectionCodes,
  payout: codes.disbursementCodes,
  question: { ...codes.accountCodes, ...codes.kycCodes, ...codes.keyCodes },
} as const;

/** Every code that the simulator can answer, under each subject it is heard about. */
export const simulatorCodes: readonly { readonly subject: CodeSubject; readonly code: string }[] =
  codeSubjects.flatMap((subject) => {
    const family = subject === 'top-up' ? {} : families[subject];
    const all = { ...family, ...codes.esb, ...codes.router };
    return Object.values(all).map((code) => ({ subject, code }));
  });

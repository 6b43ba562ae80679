/**
 * Airtel's codes as sheet §11 has them, from portal transcriptions S1 and S2 (documented) and
 * messages seen in Zambia, S3 (observed).
 */

/** `DP008000010xx`, sheet §11.2. */
export const collectionCodes = {
  ambiguous: 'DP00800001000',
  success: 'DP00800001001',
  incorrectPin: 'DP00800001002',
  limitExceeded: 'DP00800001003',
  invalidAmount: 'DP00800001004',
  pinNotEntered: 'DP00800001005',
  inProcess: 'DP00800001006',
  insufficientBalance: 'DP00800001007',
  refused: 'DP00800001008',
  doNotHonour: 'DP00800001009',
  notPermitted: 'DP00800001010',
  timedOut: 'DP00800001024',
  notFound: 'DP00800001025',
  signatureMismatch: 'DP00800001026',
  expired: 'DP00800001029',
} as const;

/** What an enquiry says in words beside each code; the wording is assumed. */
export const collectionTexts: Readonly<Record<string, string>> = {
  [collectionCodes.ambiguous]: 'The transaction is ambiguous',
  [collectionCodes.success]: 'success',
  [collectionCodes.incorrectPin]: 'Incorrect Pin',
  [collectionCodes.limitExceeded]: 'Exceeds withdrawal amount limit(s)',
  [collectionCodes.pinNotEntered]: "User didn't enter the pin",
  [collectionCodes.inProcess]: 'Transaction in progress',
  [collectionCodes.insufficientBalance]: 'Not enough balance',
  [collectionCodes.refused]: 'Transaction refused',
  [collectionCodes.doNotHonour]: 'Do not honor',
  [collectionCodes.notPermitted]: 'Transaction not permitted to payee',
  [collectionCodes.timedOut]: 'Transaction timed out',
  [collectionCodes.expired]: 'Transaction expired',
};

/** `DP009000010xx`, sheet §11.3. */
export const disbursementCodes = {
  ambiguous: 'DP00900001000',
  success: 'DP00900001001',
  limitExceeded: 'DP00900001003',
  invalidAmount: 'DP00900001004',
  failed: 'DP00900001005',
  inProcess: 'DP00900001006',
  insufficientFunds: 'DP00900001007',
  invalidInitiatee: 'DP00900001009',
  payerNotAllowed: 'DP00900001010',
  duplicate: 'DP00900001011',
  invalidMobile: 'DP00900001012',
  invalidRequest: 'DP00900001013',
  timedOut: 'DP00900001014',
  notFound: 'DP00900001015',
  signatureMismatch: 'DP00900001016',
  duplicateV3: 'DP00900001017',
  signatureMismatchV3: 'DP00900001018',
} as const;

/** Wording assumed. */
export const disbursementTexts: Readonly<Record<string, string>> = {
  [disbursementCodes.ambiguous]: 'The transaction is ambiguous',
  [disbursementCodes.success]: 'Transaction Successful',
  [disbursementCodes.limitExceeded]: 'Payee limit exceeded',
  [disbursementCodes.failed]: 'Transaction failed',
  [disbursementCodes.inProcess]: 'Transaction in progress',
  [disbursementCodes.insufficientFunds]: 'Insufficient funds',
  [disbursementCodes.invalidInitiatee]: 'Invalid initiatee',
  [disbursementCodes.timedOut]: 'Transaction timed out',
};

/** `ESB0000xx`, sheet §11.4. */
export const esb = {
  somethingWrong: 'ESB000001',
  fieldValidation: 'ESB000008',
  success: 'ESB000010',
  failed: 'ESB000011',
  fetchingStatus: 'ESB000014',
  msisdnLength: 'ESB000033',
  country: 'ESB000034',
  currency: 'ESB000035',
  msisdnLeadingZero: 'ESB000036',
  duplicate: 'ESB000041',
  notFound: 'ESB000045',
} as const;

/** Sheet §11.4. */
export const router = {
  missingParams: 'ROUTER003',
  invalidCountry: 'ROUTER006',
  notAuthorised: 'ROUTER007',
  partnerNotFound: 'ROUTER110',
  invalidCurrency: 'ROUTER112',
  incorrectPin: 'ROUTER115',
  incorrectEncryptedPin: 'ROUTER116',
} as const;

export const accountCodes = { failed: 'DP02100000000', success: 'DP02100000001' } as const;
export const kycCodes = { success: 'DP02200000001', notFound: 'DP02200000002' } as const;
export const keyCodes = { success: 'DP02010001001' } as const;

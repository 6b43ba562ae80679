/** As little as a business on M-Pesa can set. */
export const mpesaSettings = {
  QMOI_MASTER_KEY_HASH: '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2g',
  QMOI_MASTER_SECRET: 'm4ster-secret-of-at-least-32-characters',
  MPESA_CONSUMER_KEY: 'key',
  MPESA_CONSUMER_SECRET: 'secret',
  MPESA_BUSINESS_SHORTCODE: '174379',
  MPESA_PASSKEY: 'passkey',
  MPESA_PHONE_NUMBER: '0712345678',
};

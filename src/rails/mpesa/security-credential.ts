import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { invariant } from '#kernel';
import type { Operator } from './config.ts';

/**
 * Encrypts the operator's password for Daraja: RSA PKCS#1 v1.5 over the raw password, base64. The
 * portal's “encrypt the base64 encoded password” is wrong in practice (observed in every working
 * client). A certificate's dates are not checked, because Safaricom does not: only its key counts.
 */
export function createSecurityCredential(operator: Operator): () => string {
  // Reads a bare public key and a certificate alike; throws at start-up on anything else.
  const key = createPublicKey(operator.securityKeyPem);
  invariant(key.asymmetricKeyType === 'rsa', 'the security key is an RSA key');
  const password = Buffer.from(operator.password.reveal(), 'utf8');
  return () =>
    publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, password).toString('base64');
}

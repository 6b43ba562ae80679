import { constants, createPublicKey, publicEncrypt, type KeyObject } from 'node:crypto';
import { invariant } from '#kernel';
import type { Operator } from './config.ts';

/**
 * Encrypts the operator's password for Daraja: RSA PKCS#1 v1.5 over the raw password, base64. The
 * portal's “encrypt the base64 encoded password” is wrong in practice (observed in every working
 * client). A certificate's dates are not checked, because Safaricom does not: only its key counts.
 */
export function createSecurityCredential(operator: Operator): () => string {
  const { securityKeyPem: pem } = operator;
  // Throws at start-up on anything else.
  let known = typeof pem === 'string' ? keyIn(pem) : undefined;
  const password = Buffer.from(operator.password.reveal(), 'utf8');
  return () => {
    const key = (known ??= keyIn(typeof pem === 'string' ? pem : pem()));
    return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, password).toString(
      'base64',
    );
  };
}

/** Reads a bare public key and a certificate alike. */
function keyIn(pem: string): KeyObject {
  const key = createPublicKey(pem);
  invariant(key.asymmetricKeyType === 'rsa', 'the security key is an RSA key');
  return key;
}

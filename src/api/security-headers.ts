/**
 * On every answer. The API serves no pages, so a browser that was tricked into showing an answer
 * may do nothing with it. OWASP REST Security Cheat Sheet, “Security Headers”.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Two years; browsers hear it over TLS only. */
export const transportSecurity = { 'strict-transport-security': 'max-age=63072000' } as const;

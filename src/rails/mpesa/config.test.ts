import { expect, it } from 'vitest';
import { Secret } from '#kernel';
import { mpesaConfigProblems, operatorOf } from './config.ts';
import { config } from './test-kit.ts';

it('finds nothing wrong with whole settings', () => {
  expect(mpesaConfigProblems(config)).toEqual([]);
});

it.each([
  [{ baseUrl: 'safaricom' }, /base URL/],
  [{ baseUrl: 'ftp://safaricom' }, /base URL/],
  [{ shortCode: '12' }, /short code/],
  [{ transactionType: 'CustomerBuyGoodsOnline' }, /till number/],
  [{ initiatorName: undefined }, /all of name, password and security key/],
  [{ initiatorPassword: new Secret('a(b') }, /parentheses/],
  [{ passkey: new Secret('pässkey') }, /ASCII/],
  [{ consumerKey: new Secret('') }, /ASCII/],
  [{ pullCallbackUrl: 'https://a.example/p' }, /nominated number/],
  [{ pullCallbackUrl: 'a', nominatedNumber: '254722000000' }, /pull callback URL/],
] as const)('%j is told', (change, words) => {
  const problems = mpesaConfigProblems({ ...config, ...change });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(words);
});

it('tells every problem at once, and no secret', () => {
  const problems = mpesaConfigProblems({
    ...config,
    baseUrl: '',
    shortCode: '',
    initiatorPassword: new Secret('hush('),
  });
  expect(problems).toHaveLength(3);
  expect(problems.join(' ')).not.toContain('hush');
});

it('has an operator only where one is whole', () => {
  expect(operatorOf(config)?.name).toBe('testapi');
  expect(operatorOf({ ...config, securityKeyPem: undefined })).toBeUndefined();
});

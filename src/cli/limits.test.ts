import { expect, it } from 'vitest';

import * as contract from '#api/contract';

import { hoursMax, pageLimitMax } from './limits.ts';

it('takes what the contract takes', () => {
  const { hoursMax: hours, pageLimitMax: page } = contract;
  expect({ hoursMax, pageLimitMax }).toEqual({ hoursMax: hours, pageLimitMax: page });
});

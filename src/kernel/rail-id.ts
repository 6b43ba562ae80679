/** The payment rails the engine speaks. */
export const railIds = ['mpesa', 'airtel'] as const;
export type RailId = (typeof railIds)[number];

export const railNames = {
  mpesa: 'M-Pesa',
  airtel: 'Airtel Money',
} as const satisfies Record<RailId, string>;

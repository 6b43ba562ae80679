/**
 * What the contract takes at most. It says so itself, but loading all it says keeps a start for
 * some 20 ms before the first callback; a test holds the two together.
 */
export const pageLimitMax = 200;
export const hoursMax = 24 * 35;

/**
 * What the contract takes at most. It says so itself, but loading all it says takes as long as a
 * fifth of what comes before the first callback; a test holds the two together.
 */
export const pageLimitMax = 200;
export const hoursMax = 24 * 35;

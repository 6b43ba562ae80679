declare const brand: unique symbol;

/** A primitive that only its own parser can make, so that two strings cannot be swapped. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

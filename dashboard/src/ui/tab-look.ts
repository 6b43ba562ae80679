import { classes } from './classes.ts';

/** One of several views of a page; the line below says which one it is. */
export const tabLook = (isHere: boolean): string =>
  classes(
    'flex items-center border-b-2 px-1 font-medium',
    isHere ? 'border-accent text-ink' : 'text-soft hover:text-ink border-transparent',
  );

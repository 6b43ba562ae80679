import { hash } from 'node:crypto';

/**
 * RFC 6962, section 2.1: the hash of a leaf is SHA-256 over a zero byte and the entry, so that no
 * leaf can be passed off as an inner node of the tree.
 */
export const leafHashOf = (entry: string): Buffer => hash('sha256', `\0${entry}`, 'buffer');

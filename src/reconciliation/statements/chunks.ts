import type { Vault } from '#security';

const chunkBytes = 1024 * 1024;
export const chunksMax = 64;

/** A large file is sealed piece by piece. */
export const chunksOf = (file: Buffer): readonly Buffer[] =>
  Array.from({ length: Math.ceil(file.length / chunkBytes) }, (_, n) =>
    file.subarray(n * chunkBytes, (n + 1) * chunkBytes),
  );

export interface ChunkPlace {
  readonly table: 'statement_preview_chunk' | 'statement_chunk';
  readonly id: bigint;
  readonly position: number;
}

/** A piece is sealed for its place in its file: pieces that change places are not opened. */
export function sealing(vault: Pick<Vault, 'seal' | 'unseal'>) {
  const chunkCell = ({ table, id, position }: ChunkPlace) => ({
    table,
    column: `body_sealed ${position}`,
    row: id,
  });
  const passwordCell = (table: string, row: bigint) => ({ table, column: 'password_sealed', row });
  return {
    sealChunk: (chunk: Buffer, place: ChunkPlace): Buffer => vault.seal(chunk, chunkCell(place)),
    unsealChunk: (sealed: Buffer, place: ChunkPlace): Buffer =>
      vault.unseal(sealed, chunkCell(place)),
    sealPassword: (table: string, id: bigint, password: string | undefined): Buffer | null =>
      password === undefined ? null : vault.seal(password, passwordCell(table, id)),
    unsealPassword: (table: string, id: bigint, sealed: Buffer | null): string | undefined =>
      sealed === null ? undefined : vault.unseal(sealed, passwordCell(table, id)).toString('utf8'),
  };
}

/** In which order the streams stand. */
export interface StreamsSearch {
  readonly sort?: 'name';
}

export const streamsSearch = (search: Record<string, unknown>): StreamsSearch =>
  search['sort'] === 'name' ? { sort: 'name' } : {};

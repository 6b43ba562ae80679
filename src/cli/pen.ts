import { styleText } from 'node:util';

/** What a view has to know of the terminal it is written to. */
export interface Look {
  readonly columns: number;
  readonly color: boolean;
}

type Paint = (text: string) => string;

export interface Pen {
  readonly columns: number;
  readonly strong: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly caution: Paint;
  readonly bad: Paint;
}

// Below this a column of figures cannot be read anyway, and the terminal may wrap.
const columnsMin = 30;

export function penFor({ columns, color }: Look): Pen {
  const paint =
    (style: Parameters<typeof styleText>[0]): Paint =>
    (text) =>
      color ? styleText(style, text, { validateStream: false }) : text;
  return {
    columns: Math.max(columns, columnsMin),
    strong: paint('bold'),
    faint: paint('dim'),
    good: paint('green'),
    caution: paint(['bold', 'yellow']),
    bad: paint('red'),
  };
}

/** Signs that are read without colour as well. */
export const marks = { good: '✓', caution: '⚠', bad: '✗' } as const;

const plainSigns: Readonly<Record<string, string>> = {
  [marks.good]: '+',
  [marks.caution]: '!',
  [marks.bad]: 'x',
  '█': '#',
  '░': '-',
  '│': '|',
  '╎': ':',
  '•': '*',
  '·': '-',
  '–': '-',
  '—': '-',
  '−': '-',
  '…': '.',
  '→': '>',
  '≤': '<',
  '’': "'",
  '“': '"',
  '”': '"',
};

/** The same text for a terminal without UTF-8, sign for sign, so that columns still align. */
export const asciiOf = (text: string): string =>
  // Matches by code point: a sign outside the basic plane is one question mark, not two.
  text.replaceAll(/[^\0-\x7F]/gu, (sign) => plainSigns[sign] ?? '?');

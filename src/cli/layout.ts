import { stripVTControlCharacters } from 'node:util';

/** Columns a text takes up; our own texts hold no wide signs. */
export const widthOf = (text: string): number => [...stripVTControlCharacters(text)].length;

export const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** Left and right on one line if they fit, else on two. */
export function spread(left: string, right: string, columns: number): readonly string[] {
  const gap = columns - widthOf(left) - widthOf(right);
  return gap < 1 ? [left, right] : [`${left}${' '.repeat(gap)}${right}`];
}

const prose = { columnsMax: 100 };

/** Breaks between parts; a part that is wider than the line stands alone and is not cut. */
function fill(parts: readonly string[], separator: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}${separator}${part}`;
    if (line !== '' && widthOf(longer) > columns) {
      lines.push(line);
      line = part;
    } else {
      line = longer;
    }
  }
  return line === '' ? lines : [...lines, line];
}

// An amount stays with its currency.
const wordEnd = /(?<!KES) /;

/** Breaks a sentence between words. */
export function wrap(text: string, columns: number, indent = ''): readonly string[] {
  const width = Math.min(columns, prose.columnsMax) - widthOf(indent);
  return fill(text.split(wordEnd), ' ', width).map((line) => `${indent}${line}`);
}

/** Facts side by side, broken between facts, and inside one only where it is wider than a line. */
export const flow = (facts: readonly string[], columns: number, indent = ''): readonly string[] =>
  fill(facts, ' · ', Math.min(columns, prose.columnsMax) - widthOf(indent)).flatMap((line) =>
    wrap(line, columns, indent),
  );

export interface Fact {
  readonly name: string;
  readonly lines: readonly string[];
}

const namesMax = 14;

/** Names in a column with what they stand for beside them, or below where it is narrow. */
export function factSheet(facts: readonly Fact[], columns: number): readonly string[] {
  const width = Math.min(namesMax, Math.max(...facts.map(({ name }) => widthOf(name))) + 2);
  return facts.flatMap(({ name, lines }) =>
    columns < 60
      ? [name, ...lines.map((line) => `  ${line}`)]
      : lines.map((line, n) => `${padEnd(n === 0 ? name : '', width)}${line}`),
  );
}

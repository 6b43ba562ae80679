import { railNames, unreachable } from '#kernel';
import type { StatementRefusal } from '#reconciliation';

import { ProblemRaised } from './problem.ts';

/** What becomes of every refusal of a statement on the wire. */
export function statementProblem(refusal: StatementRefusal): ProblemRaised {
  const { kind } = refusal;
  switch (kind) {
    case 'file-refused':
      return new ProblemRaised(
        refusal.file.kind.startsWith('password') ? 'statement-locked' : kind,
        `${refusal.file.cause} ${refusal.file.fix}`,
      );
    case 'rail-not-configured':
      return new ProblemRaised(
        kind,
        `${railNames[refusal.rail]} is not set up: npm run qmoi:validate says what is missing.`,
      );
    case 'no-statement': {
      const whose = refusal.asked === undefined ? 'a rail' : railNames[refusal.asked];
      return new ProblemRaised(
        kind,
        `The file is no account statement of ${whose}. Give it as the provider hands it out, ` +
          'with its head; docs/reconciliation.md says where to download it.',
      );
    }
    case 'statement-damaged':
      return damaged(refusal);
    case 'foreign-short-code':
      return new ProblemRaised(
        kind,
        `The statement is of ${railNames[refusal.rail]} short code ${refusal.shortCode}, which ` +
          'is not this business’s. Download the one of its own short code.',
      );
    case 'no-such-preview':
      return new ProblemRaised(
        kind,
        'There is no such preview, or it is older than a day. Preview the file again.',
      );
    default:
      return unreachable(kind, 'statement refusal');
  }
}

function damaged({
  kind,
  problems,
}: Extract<StatementRefusal, { readonly kind: 'statement-damaged' }>): ProblemRaised {
  const [first] = problems;
  const where = first?.line === undefined ? '' : `Line ${first.line}: `;
  return new ProblemRaised(
    kind,
    `Nothing of it was booked. ${where}${first?.why ?? 'it could not be read'}. ` +
      'Download the statement again and import it unchanged.',
    {
      errors: problems.map(({ line, why }) => ({
        path: line === undefined ? 'file' : `line ${line}`,
        message: why,
      })),
    },
  );
}

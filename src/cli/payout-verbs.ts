import { Option, type Command } from 'commander';

import type { RailId } from '#kernel';

import type { JsonFlag } from './commands.ts';
import type { CliDeps, PreviewKind } from './deps.ts';
import * as payouts from './payouts.ts';
import { limitOption, parseAmount, railOption, verbOf, type Outcome } from './verb.ts';

interface RailFlag {
  readonly rail: RailId;
}

const reasonOption = (): Option => new Option('--reason <text>', 'why, for the audit log');

function addTransferVerbs(program: Command, deps: CliDeps, end: Outcome): void {
  const transfers = verbOf(program, {
    name: 'transfers',
    does: 'list money that went out, and order what belongs to it',
    example: 'npx qmoi transfers --rail mpesa',
  })
    .addOption(railOption('of one rail only'))
    .addOption(limitOption())
    .action(async (flags: JsonFlag & Partial<RailFlag> & { readonly limit: number }) =>
      end(await payouts.transfers(deps, { ...flags, rail: flags.rail })),
    );

  verbOf(transfers, {
    name: 'preview',
    does: 'show what a transfer would cost and whether it could go out now',
    example: 'npx qmoi transfers preview 2000 --rail mpesa',
  })
    .argument('<amount>', 'whole shillings', parseAmount)
    .addOption(railOption('from which wallet').makeOptionMandatory())
    .addOption(
      new Option('--kind <kind>', 'which kind of transfer')
        .choices(['manual', 'auto', 'top-up'])
        .default('manual'),
    )
    .action(async (amount: number, flags: JsonFlag & RailFlag & { readonly kind: PreviewKind }) =>
      end(await payouts.preview(deps, { ...flags, amount })),
    );

  verbOf(transfers, {
    name: 'top-up',
    does: 'move own money from the working wallet into the one that pays out',
    example: 'npx qmoi transfers top-up 5000 --rail mpesa',
  })
    .argument('<amount>', 'whole shillings', parseAmount)
    .addOption(railOption('whose wallets').makeOptionMandatory())
    .addOption(reasonOption())
    .action(async (amount: number, flags: JsonFlag & RailFlag & { readonly reason?: string }) =>
      end(await payouts.topUp(deps, { ...flags, amount })),
    );

  verbOf(transfers, {
    name: 'cancel',
    does: 'take a transfer back that has not left',
    example: 'npx qmoi transfers cancel tr_01MGC94GT0200 --reason "the wrong amount"',
  })
    .argument('<transfer>', 'its id')
    .addOption(reasonOption())
    .action(async (id: string, flags: JsonFlag & { readonly reason?: string }) =>
      end(await payouts.cancel(deps, { ...flags, id })),
    );

  verbOf(transfers, {
    name: 'settle',
    does: 'say what became of a transfer that no provider speaks of',
    example: 'npx qmoi transfers settle tr_01MGC94GT0200 --failed --reason "not on statement"',
  })
    .argument('<transfer>', 'its id')
    .addOption(
      new Option('--completed <receipt>', 'it arrived, with this receipt').conflicts('failed'),
    )
    .addOption(new Option('--failed', 'it did not arrive').default(false))
    .addOption(reasonOption().makeOptionMandatory())
    .addOption(new Option('--statement-line <receipt>', "of the provider's line that proves it"))
    .action(async (id: string, flags: JsonFlag & Omit<payouts.SettleFlags, 'id'>) =>
      end(await payouts.settle(deps, { ...flags, id })),
    );
}

function addPayeeVerbs(program: Command, deps: CliDeps, end: Outcome): void {
  const payees = verbOf(program, {
    name: 'payees',
    does: 'list the numbers that money may go to, and confirm them',
    example: 'npx qmoi payees',
  }).action(async (flags: JsonFlag) => end(await payouts.payees(deps, flags)));

  verbOf(payees, {
    name: 'add',
    does: 'put a number on the list, unconfirmed',
    example: 'npx qmoi payees add 0712345678 --rail mpesa --label "Shop phone"',
  })
    .argument('<phone>', 'a Kenyan mobile number')
    .addOption(railOption('whose wallet the phone has').makeOptionMandatory())
    .addOption(new Option('--label <text>', 'what you call it').makeOptionMandatory())
    .action(async (phone: string, flags: JsonFlag & RailFlag & { readonly label: string }) =>
      end(await payouts.addPayee(deps, { ...flags, phone })),
    );

  verbOf(payees, {
    name: 'test',
    does: 'send KES 10 to a number, to see whose phone it is',
    example: 'npx qmoi payees test pe_01MGC94GT0200',
  })
    .argument('<payee>', 'its id')
    .action(async (id: string, flags: JsonFlag) =>
      end(await payouts.testPayee(deps, { ...flags, id })),
    );

  verbOf(payees, {
    name: 'confirm',
    does: 'tell the receipt that arrived on that phone',
    example: 'npx qmoi payees confirm pe_01MGC94GT0200 TKN4XQ81ZB',
  })
    .argument('<payee>', 'its id')
    .argument('<receipt>', 'as the message on the phone shows it')
    .action(async (id: string, receipt: string, flags: JsonFlag) =>
      end(await payouts.confirmPayee(deps, { ...flags, id, receipt })),
    );
}

export function addPayoutVerbs(program: Command, deps: CliDeps, end: Outcome): void {
  addTransferVerbs(program, deps, end);
  addPayeeVerbs(program, deps, end);
}

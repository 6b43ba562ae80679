import { textOf, useText } from './language.ts';

const actorText = textOf({
  en: {
    master: 'the owner',
    cli: 'the command line',
    engine: 'the engine',
    payer: 'the payer',
    provider: 'the provider',
  },
  sw: {
    master: 'mwenye biashara',
    cli: 'mstari wa amri',
    engine: 'injini',
    payer: 'mlipaji',
    provider: 'mtoa huduma',
  },
});

type Who = keyof (typeof actorText)['en'];
const isWho = (who: string): who is Who => Object.hasOwn(actorText.en, who);

/** Who did it, in words: `master:se_…` is the owner, whichever session it was. */
export function useActorName(): (actor: string) => string {
  const names = useText(actorText);
  return (actor) => {
    const who = actor.split(':')[0] ?? '';
    return isWho(who) ? names[who] : actor;
  };
}

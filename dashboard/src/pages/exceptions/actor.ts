import { useText } from '../../text/language.ts';
import { exceptionsText } from './text.ts';

type Who = keyof (typeof exceptionsText)['en']['by'];
const isWho = (who: string, names: object): who is Who => Object.hasOwn(names, who);

/** Who did it, in words: `master:se_…` is the owner, whichever session it was. */
export function useActor(): (actor: string) => string {
  const { by } = useText(exceptionsText);
  return (actor) => {
    const who = actor.split(':')[0] ?? '';
    return isWho(who, by) ? by[who] : actor;
  };
}

/** What a session says about itself, in words: `Chrome` and `Android`. */
export interface Device {
  readonly browser: string;
  readonly system: string | undefined;
}

// In this order: many browsers call themselves by the names of others as well.
const browsers = [
  ['Edge', /Edg(?:e|A|iOS)?\//],
  ['Opera', /OPR\/|Opera/],
  ['Samsung Internet', /SamsungBrowser\//],
  ['Firefox', /Firefox\/|FxiOS\//],
  ['Chrome', /Chrome\/|CriOS\//],
  ['Safari', /Safari\//],
] as const;
const systems = [
  ['iPhone', /iPhone|iPod/],
  ['iPad', /iPad/],
  ['Android', /Android/],
  ['KaiOS', /KAIOS/],
  ['ChromeOS', /CrOS/],
  ['Windows', /Windows/],
  ['Mac', /Mac OS X|Macintosh/],
  ['Linux', /Linux|X11/],
] as const;

const shownMax = 60;

/** Undefined where a program said nothing; one that is no browser is shown as it calls itself. */
export function deviceOf(userAgent: string | null): Device | undefined {
  const text = userAgent?.trim() ?? '';
  if (text === '') return undefined;
  const browser = browsers.find(([, form]) => form.test(text))?.[0];
  const system = systems.find(([, form]) => form.test(text))?.[0];
  return { browser: browser ?? text.slice(0, shownMax), system };
}

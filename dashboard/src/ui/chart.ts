import type UPlot from 'uplot';

/** A colour as the theme has it now: a canvas knows no classes. */
export const ink = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** `1250` → `1.3k`, for an axis. */
export const short = (amount: number): string =>
  Math.abs(amount) >= 1_000 ? `${Math.round(amount / 100) / 10}k` : String(amount);

/** Draws, again when the theme changes, and as wide as its place; answers how to end. */
export function keepDrawn(place: HTMLElement, draw: () => UPlot): () => void {
  let chart = draw();
  const size = new ResizeObserver(() =>
    chart.setSize({ width: place.clientWidth, height: chart.height }),
  );
  size.observe(place);
  const theme = new MutationObserver(() => {
    chart.destroy();
    chart = draw();
  });
  theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    size.disconnect();
    theme.disconnect();
    chart.destroy();
  };
}

/** Line drawings on a grid of 24, drawn for this screen. */
const paths = {
  today: 'M4 20V11m5 9V4m5 16v-6m5 6V8',
  counter: 'M4 12.5l5 5L20 6.5',
  payments: 'M4 7h16M4 12h16M4 17h10',
  transfers: 'M4 8h13l-3.5-3.5M20 16H7l3.5 3.5',
  targets: 'M12 3v3m0 12v3m9-9h-3M6 12H3m13.5 0a4.5 4.5 0 11-9 0 4.5 4.5 0 019 0z',
  streams: 'M3 8c3-3 6 3 9 0s6 3 9 0M3 13c3-3 6 3 9 0s6 3 9 0M3 18c3-3 6 3 9 0s6 3 9 0',
  exceptions: 'M12 4l9 16H3zM12 10v4m0 3v.01',
  reconciliation: 'M5 4h14v16H5zM9 9h6M9 13h6M9 17h3',
  audit: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4',
  system: 'M4 5h16v6H4zM4 13h16v6H4zM8 8v.01M8 16v.01',
  settings: 'M5 7h8m4 0h2M5 17h2m4 0h8M15 5v4M9 15v4',
  support: 'M4 5h16v11H9l-5 4zM9 9.5h6M9 12.5h4',
  more: 'M5 12v.01M12 12v.01M19 12v.01',
} as const;
export type IconName = keyof typeof paths;

export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg
    aria-hidden
    viewBox="0 0 24 24"
    className="size-5 shrink-0"
    fill="none"
    stroke="currentColor"
    strokeWidth={name === 'more' ? 3 : 1.75}
    strokeLinecap="round"
    strokeLinejoin="round"
  >
    <path d={paths[name]} />
  </svg>
);

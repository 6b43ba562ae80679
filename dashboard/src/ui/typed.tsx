/** A sentence in which what is to be typed as it is stands between backticks. */
export const Typed = ({ text }: { readonly text: string }) =>
  text.split('`').map((part, n) =>
    n % 2 === 1 ? (
      <code key={n} className="bg-sunk rounded-sm px-1 font-mono text-[0.9em] break-words">
        {part}
      </code>
    ) : (
      part
    ),
  );

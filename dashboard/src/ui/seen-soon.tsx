import { useEffect, useRef, type ReactNode } from 'react';

interface SeenSoonProps {
  /** May be called more than once while it stays in view. */
  readonly onSeen: () => void;
  readonly children: ReactNode;
}

/** Tells when it is about to come into view: the end of a list that goes on. */
export function SeenSoon({ onSeen, children }: SeenSoonProps) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(onSeen);
  useEffect(() => {
    latest.current = onSeen;
  });
  useEffect(() => {
    if (place.current === null) return undefined;
    const watch = new IntersectionObserver(
      (entries) => void (entries.some((entry) => entry.isIntersecting) && latest.current()),
      { rootMargin: '400px' },
    );
    watch.observe(place.current);
    return () => watch.disconnect();
  }, []);
  return <div ref={place}>{children}</div>;
}

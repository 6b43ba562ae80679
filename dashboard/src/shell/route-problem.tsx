import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';

import { ProblemNote } from '../ui/problem-note.tsx';

/** A page that failed: the navigation still works, and the page can be tried again. */
export function RouteProblem({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = (): void => {
    reset();
    void router.invalidate();
  };
  return (
    <div className="p-4 md:p-8">
      <ProblemNote error={error} onRetry={retry} />
    </div>
  );
}

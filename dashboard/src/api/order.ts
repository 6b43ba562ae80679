import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';

import { ask, isRefusal, newKey } from './client.ts';

interface OrderOptions<Answer> {
  readonly path: string;
  readonly onDone?: (answer: Answer) => void;
}

/**
 * An order that is done once. Its key stays the same while nobody knows what became of it, so that
 * a second press, or another try after a lost answer, finds the first; a refusal frees it.
 */
export function useOrder<Answer, Body = unknown>({ path, onDone }: OrderOptions<Answer>) {
  const key = useRef(newKey());
  const isOut = useRef(false);
  const mutation = useMutation({
    mutationFn: (body: Body) => ask<Answer>(path, { method: 'POST', body, key: key.current }),
    onSuccess: (answer) => {
      key.current = newKey();
      onDone?.(answer);
    },
    onError: (error) => {
      if (isRefusal(error)) key.current = newKey();
    },
    onSettled: () => {
      isOut.current = false;
    },
  });
  const { mutate } = mutation;
  // Two presses may come before the button is drawn as busy.
  const once: typeof mutate = (...order) => {
    if (isOut.current) return;
    isOut.current = true;
    mutate(...order);
  };
  return { ...mutation, mutate: once };
}

import type { FastifyRequest, RouteOptions } from 'fastify';

import { notFound, ProblemRaised } from './problem.ts';

/** Knows which methods an address takes, to tell “no such address” from “not that way”. */
export interface Methods {
  add(route: Pick<RouteOptions, 'method' | 'url'>): void;
  /** Why a request found no route. */
  objectionTo(request: FastifyRequest): ProblemRaised;
}

export function createMethods(): Methods {
  const byUrl = new Map<string, { readonly form: RegExp; readonly methods: Set<string> }>();
  return {
    add: ({ method, url }) => {
      // The screen takes every address that is nothing else.
      if (url === '/*') return;
      const known = byUrl.get(url) ?? { form: formOf(url), methods: new Set<string>() };
      for (const one of [method].flat()) known.methods.add(one);
      byUrl.set(url, known);
    },
    objectionTo: (request) => {
      const [path = ''] = request.url.split('?');
      const taken = [...byUrl.values()]
        .filter(({ form }) => form.test(path))
        .flatMap(({ methods }) => [...methods]);
      if (taken.length === 0) {
        return notFound('GET /api/qmoi/openapi.json lists every address there is.');
      }
      const allow = taken.toSorted().join(', ');
      return new ProblemRaised('method-not-allowed', `This address takes ${allow}.`, {
        headers: { allow },
      });
    },
  };
}

const formOf = (url: string): RegExp =>
  new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`);

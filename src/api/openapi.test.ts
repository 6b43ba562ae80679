import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { routes } from './routes/all.ts';
import { createTestApi, masterKey, type TestApi } from './test-kit.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

let world: TestApi;
let document: Document;
beforeAll(async () => {
  world = await createTestApi();
  document = (await world.ask({ path: '/api/qmoi/openapi.json' })).json;
});
afterAll(() => world.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

describe('the OpenAPI document', () => {
  it('describes version 3.1 and this API', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.info).toMatchObject({ title: 'QMOI Revenue', version: '1.2.3' });
  });

  it('covers every route, and the paths of the specification', () => {
    expect(operations()).toHaveLength(routes.length + 1);
    const named = operations().map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(named).toEqual(
      expect.arrayContaining([
        'GET /api/qmoi/revenue/status',
        'POST /api/qmoi/revenue/start',
        'POST /api/qmoi/revenue/stop',
        'POST /api/qmoi/revenue/target',
        'POST /api/qmoi/revenue/transfer',
        'GET /api/qmoi/revenue/transactions',
        'POST /api/qmoi/revenue/reset',
        'POST /api/qmoi/master/login',
        'POST /api/qmoi/master/verify',
      ]),
    );
  });

  it('says of every operation what it is, who may, and what goes wrong', () => {
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations()) {
      expect(operation.summary).toMatch(/\w/);
      expect(operation.tags).toHaveLength(1);
      expect(operation.security).toBeInstanceOf(Array);
      expect(operation.responses).toHaveProperty('default');
      for (const { description } of Object.values(operation.responses)) {
        expect(description).toMatch(/\w/);
      }
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const described = (operation.parameters ?? []).filter((one) => one.in === 'path');
      expect(described.map(({ name }) => name)).toEqual(inPath);
    }
  });

  it('refers to nothing that is not there, and keeps nothing nobody refers to', () => {
    const text = JSON.stringify(document);
    const wanted = new Set(
      [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]),
    );
    expect(wanted).toEqual(new Set(Object.keys(document.components.schemas)));
    expect(text).not.toMatch(/"\$ref":"(?!#\/components\/)/);
    expect(text).not.toContain('PLACEHOLDER');
  });

  it('has examples and no secrets', () => {
    const text = JSON.stringify(document);
    expect(text).toContain('"examples":[{"type":"mpesa","amount":2000,"reason":"Rent"}]');
    for (const secret of [masterKey, world.cliToken]) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/254[17]\d{8}/);
  });
});

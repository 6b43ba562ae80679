import { problemContentType } from '#api/contract';
import type { SwaggerOptions } from '@fastify/swagger';
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
} from 'fastify-type-provider-zod';

const describeRoute = createJsonSchemaTransform({});
const describeComponents = createJsonSchemaTransformObject({});

const problemAnswer = {
  description: 'A problem; its `detail` names what mends it.',
  content: { [problemContentType]: { schema: { $ref: '#/components/schemas/Problem' } } },
};

const tags = [
  { name: 'revenue', description: 'Takings, targets, the switch, transfers.' },
  { name: 'master', description: 'Sessions of the owner.' },
  { name: 'charges', description: 'What customers owe.' },
  { name: 'checkout', description: 'What customers do themselves, without a session.' },
  { name: 'oversight', description: 'Exceptions, proof, audit, health, events.' },
  { name: 'push', description: "Notes to the owner's phone or computer." },
  { name: 'callbacks', description: 'Where payment providers report to.' },
];

const description =
  'Money is shown as earned when, and only when, a provider confirmed it and the books balance. ' +
  'Amounts in requests are whole KES. ' +
  'Send an Idempotency-Key with whatever makes or moves money: ' +
  'the same key with the same body is answered as the first time.';

/** The document is made from the very schemas that requests are checked against. */
export function openapiOptions(version: string): SwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'QMOI Revenue', version, description },
      tags,
      components: {
        securitySchemes: {
          session: {
            type: 'http',
            scheme: 'bearer',
            description: 'The token of POST /api/qmoi/master/login.',
          },
          browser: {
            type: 'apiKey',
            in: 'cookie',
            name: '__Host-qmoi_session',
            description: 'The same token, kept by the browser. Over loopback: qmoi_session.',
          },
        },
      },
    },
    transform: (document) => {
      const described = describeRoute(document);
      const isPublic = document.route.config?.access === 'public';
      const { response, ...rest } = described.schema;
      return {
        url: described.url,
        schema: {
          ...rest,
          response: { ...Object(response), default: problemAnswer },
          security: isPublic ? [] : [{ session: [] }, { browser: [] }],
        },
      };
    },
    transformObject: describeComponents,
  };
}

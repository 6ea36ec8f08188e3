import type { OpenAPIObject } from '@nestjs/swagger';

/** Every route of a document, such as `GET /api/users/me`. */
export function routesOf({ paths }: OpenAPIObject): { route: string; operation: Operation }[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({
      route: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
}

/** The documented error codes of a route. */
export function codesOf({ responses }: Pick<Operation, 'responses'>): string[] {
  return Object.values(responses).flatMap(({ content }) =>
    Object.keys(content?.['application/problem+json']?.examples ?? {}),
  );
}

export interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: string[];
  readonly security?: object[];
  readonly parameters?: { name: string; in: string; schema?: object }[];
  readonly requestBody?: {
    required: boolean;
    content: Record<string, { schema: { $ref: string } }>;
  };
  readonly responses: Record<
    string,
    {
      headers?: Record<string, object>;
      content?: Record<string, { schema?: object; examples?: Record<string, { value: unknown }> }>;
    }
  >;
}

export interface Schema {
  readonly properties?: Record<string, object>;
}

import type { OpenAPIObject } from '@nestjs/swagger';

/**
 * The schema of a value of a response that later versions may add to: one of the known values, or
 * any other string. A closed enumeration would let generated clients fail on a new value. By
 * `nameEnums` the known values get a type of this name in generated clients.
 */
export function openEnum(name: string, values: readonly string[]): OpenEnum {
  return {
    anyOf: [{ title: name, type: 'string', enum: [...values] }, { type: 'string' }],
  };
}

export interface OpenEnum {
  anyOf: [NamedEnum, { type: 'string' }];
}

interface NamedEnum {
  title: string;
  type: 'string';
  enum: string[];
}

/** Moves the known values of every `openEnum` to the document's schemas, under their name. */
export function nameEnums(document: OpenAPIObject): OpenAPIObject {
  const named: Record<string, NamedEnum> = {};
  replaceEnums(document, named);
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...named },
  };
  return document;
}

function replaceEnums(node: unknown, named: Record<string, NamedEnum>): void {
  if (typeof node !== 'object' || node === null) return;
  if (!isOpenEnum(node)) {
    for (const member of Object.values(node)) replaceEnums(member, named);
    return;
  }
  const [known, any] = node.anyOf;
  named[known.title] = known;
  Object.assign(node, { anyOf: [{ $ref: `#/components/schemas/${known.title}` }, any] });
}

/** A title distinguishes it from other schemas of the same form, such as a team's own. */
function isOpenEnum(node: object): node is OpenEnum {
  if (!('anyOf' in node) || !Array.isArray(node.anyOf) || node.anyOf.length !== 2) return false;
  const [known, any] = node.anyOf as object[];
  return known !== undefined && 'title' in known && 'enum' in known && isAnyString(any);
}

function isAnyString(schema: object | undefined): boolean {
  return JSON.stringify(schema) === '{"type":"string"}';
}

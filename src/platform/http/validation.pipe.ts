import {
  Injectable,
  ValidationPipe,
  type ArgumentMetadata,
  type ValidationError,
} from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import { Problem, type FieldError } from '../errors/index.js';

/** A form has some ten fields; for hundreds of invalid ones, not all are listed. */
const MAX_ERRORS = 20;

/** The name of an unknown field comes from the client, and may be as long as a body. */
const MAX_FIELD_CHARACTERS = 100;
const MAX_MESSAGE_CHARACTERS = 200;

/**
 * Validates every DTO. A body must be an object, unknown fields are rejected, and nothing is
 * converted. The error lists each invalid field once, at most 20. A missing body counts as an
 * object without fields, so that routes need not handle it; whether that is valid is checked once
 * for each DTO. The values of our own parameter decorators are not validated, which took a tenth of
 * a refresh. A class without a decorator of class-validator is only a type, such as a DTO of
 * another library, so it is not validated.
 */
@Injectable()
export class DtoPipe extends ValidationPipe {
  private readonly mayBeMissing = new Set<unknown>();
  private readonly decorated = new Map<unknown, boolean>();
  private only: ReadonlySet<unknown> | undefined;

  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: false,
      stopAtFirstError: true,
      exceptionFactory: (errors) =>
        new Problem('validation_failed', {
          fieldErrors: errors
            .slice(0, MAX_ERRORS)
            .flatMap((error) => fieldErrors(error))
            .slice(0, MAX_ERRORS),
        }),
    });
  }

  /** Leaves all other types to the global pipes of a team. */
  validateOnly(types: ReadonlySet<unknown>): void {
    this.only = types;
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom' || !this.knows(metadata.metatype)) return value;
    if (metadata.type === 'body' && this.toValidate(metadata)) {
      if (value === undefined) return this.withoutBody(metadata);
      requireObject(value);
    }
    return super.transform(value, metadata) as Promise<unknown>;
  }

  private knows(type: unknown): boolean {
    if (this.only && !this.only.has(type)) return false;
    const known = this.decorated.get(type);
    if (known !== undefined) return known;
    const isDecorated = hasRules(type);
    this.decorated.set(type, isDecorated);
    return isDecorated;
  }

  private async withoutBody(metadata: ArgumentMetadata): Promise<unknown> {
    if (!this.mayBeMissing.has(metadata.metatype)) await super.transform({}, metadata);
    this.mayBeMissing.add(metadata.metatype);
    return {};
  }
}

function hasRules(type: unknown): boolean {
  if (typeof type !== 'function') return false;
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  return rules.length > 0;
}

function requireObject(body: unknown): void {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return;
  const fieldErrors = [{ field: '', message: 'the body must be an object' }];
  throw new Problem('validation_failed', { fieldErrors });
}

function fieldErrors(error: ValidationError, parent = ''): FieldError[] {
  const field = (parent + error.property).slice(0, MAX_FIELD_CHARACTERS);
  const own = Object.values(error.constraints ?? {}).map((message) => ({
    field,
    message: message.slice(0, MAX_MESSAGE_CHARACTERS),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, `${field}.`))];
}

import {
  Injectable,
  ValidationPipe,
  type ArgumentMetadata,
  type ValidationError,
} from '@nestjs/common';
import { Problem, type FieldError } from '../errors/index.js';

/** A form has some ten fields; who sends hundreds that are wrong is not told of each. */
const MAX_ERRORS = 20;

/** The name of an unknown field is the client's, and may be as long as a body. */
const MAX_FIELD_CHARACTERS = 100;
const MAX_MESSAGE_CHARACTERS = 200;

/**
 * Checks every DTO. A body must be an object. Unknown fields are refused, nothing is converted, and each field at fault is
 * named once, the first 20 of them. A body that was not sent is one without fields, so that no route has to ask whether
 * there is one. Whether it will do is asked once for each DTO; and what our decorators made of a
 * request is not looked at, which took a tenth of a refresh.
 */
@Injectable()
export class DtoPipe extends ValidationPipe {
  private readonly mayBeMissing = new Set<unknown>();

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

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return value;
    if (metadata.type === 'body' && this.toValidate(metadata)) {
      if (value === undefined) return this.withoutBody(metadata);
      requireObject(value);
    }
    return super.transform(value, metadata) as Promise<unknown>;
  }

  private async withoutBody(metadata: ArgumentMetadata): Promise<unknown> {
    if (!this.mayBeMissing.has(metadata.metatype)) await super.transform({}, metadata);
    this.mayBeMissing.add(metadata.metatype);
    return {};
  }
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

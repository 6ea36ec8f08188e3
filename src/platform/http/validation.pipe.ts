import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { Problem, type FieldError } from '../errors/index.js';

/** Checks every DTO. Unknown fields are refused, nothing is converted, and each field at fault is named once. */
export function createValidationPipe(): ValidationPipe {
  return new BodyIsAnObjectPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: false,
    stopAtFirstError: true,
    exceptionFactory: (errors) => new Problem('validation_failed', { fieldErrors: errors.flatMap((error) => fieldErrors(error)) }),
  });
}

function fieldErrors(error: ValidationError, parent = ''): FieldError[] {
  const field = parent + error.property;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, `${field}.`))];
}

/** A body that was not sent is one without fields, so that no route has to ask whether there is one. */
class BodyIsAnObjectPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    return super.transform(metadata.type === 'body' ? (value ?? {}) : value, metadata) as Promise<unknown>;
  }
}

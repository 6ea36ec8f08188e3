import {
  Injectable,
  ValidationPipe,
  type ArgumentMetadata,
  type ValidationError,
} from '@nestjs/common';
import { Problem, type FieldError } from '../errors/index.js';

/**
 * Checks every DTO. Unknown fields are refused, nothing is converted, and each field at fault is
 * named once. A body that was not sent is one without fields, so that no route has to ask whether
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
          fieldErrors: errors.flatMap((error) => fieldErrors(error)),
        }),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return value;
    if (metadata.type === 'body' && (value === undefined || value === null))
      return this.withoutBody(metadata);
    return super.transform(value, metadata) as Promise<unknown>;
  }

  private async withoutBody(metadata: ArgumentMetadata): Promise<unknown> {
    if (!this.mayBeMissing.has(metadata.metatype)) await super.transform({}, metadata);
    this.mayBeMissing.add(metadata.metatype);
    return {};
  }
}

function fieldErrors(error: ValidationError, parent = ''): FieldError[] {
  const field = parent + error.property;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, `${field}.`))];
}

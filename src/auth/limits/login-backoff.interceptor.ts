import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { catchError, concatMap, type Observable } from 'rxjs';
import { Problem, type ErrorCode } from '../../platform/errors/index.js';
import { LoginBackoff } from './login-backoff.js';
import { pairOf, type LoginAttempt } from './pair.js';

const WRONG_PASSWORD: readonly ErrorCode[] = ['invalid_credentials', 'current_password_invalid'];

/**
 * Tells the backoff how an attempt came out. What was refused for any other reason says nothing
 * about the password.
 */
@Injectable()
export class LoginBackoffInterceptor implements NestInterceptor {
  constructor(private readonly backoff: LoginBackoff) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const pair = pairOf(context.switchToHttp().getRequest<LoginAttempt>());
    return next.handle().pipe(
      concatMap(async (answer: unknown) => {
        await this.backoff.noteSuccess(pair);
        return answer;
      }),
      catchError(async (error: unknown) => {
        if (error instanceof Problem && WRONG_PASSWORD.includes(error.code))
          await this.backoff.noteFailure(pair);
        throw error;
      }),
    );
  }
}

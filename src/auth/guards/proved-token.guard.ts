import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import type { HttpRequest } from '../../platform/http/index.js';
import { KeyProofs } from '../bound-sessions/key-proofs.js';
import { AnyTokenGuard } from './any-token.guard.js';

/** As `AnyTokenGuard`, but a bound session must prove its key. */
@Injectable()
export class ProvedTokenGuard extends AnyTokenGuard {
  @Inject() private readonly proofs: KeyProofs;

  /** @throws Problem those of `AnyTokenGuard`; of a bound session `proof_required`, `proof_invalid` */
  override async canActivate(context: ExecutionContext): Promise<true> {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const { token, text } = await this.verifiedToken(request);
    request.user = token;
    await this.proofs.require({ token, text, request });
    return true;
  }
}

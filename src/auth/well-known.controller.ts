import { Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OwnController, Public } from '../platform/caller/index.js';
import { PublicKeysResponse } from './auth.dto.js';
import type { PublicKey } from './tokens/keys/key-set.js';
import { TokenKeys } from './tokens/token-keys.js';

/** The public keys, with which other services verify access tokens. */
@ApiTags('Operations')
@Public()
@OwnController('.well-known')
export class WellKnownController {
  constructor(private readonly tokenKeys: TokenKeys) {}

  @Get('jwks.json')
  // Shorter than the time before a new key signs, so that every cached copy has the key in time.
  @Header('Cache-Control', 'public, max-age=60')
  @ApiOperation({
    operationId: 'getPublicKeys',
    summary: 'Public keys of access tokens (RFC 7517)',
    description:
      'Empty while access tokens are signed with HS256, since a shared secret has no public part.',
  })
  @ApiOkResponse({ type: PublicKeysResponse })
  keys(): { keys: readonly PublicKey[] } {
    return { keys: this.tokenKeys.published };
  }
}

import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../platform/http/index.js';

/** What other services need to verify access tokens by themselves. */
@ApiTags('Operations')
@Public()
@Controller('.well-known')
export class WellKnownController {
  @Get('jwks.json')
  @ApiOperation({
    summary: 'Public signing keys (RFC 7517)',
    description: 'Empty while access tokens are signed with HS256: a shared secret has no public half.',
  })
  @ApiOkResponse({ schema: { type: 'object', properties: { keys: { type: 'array', items: { type: 'object' } } } } })
  keys(): { keys: never[] } {
    return { keys: [] };
  }
}

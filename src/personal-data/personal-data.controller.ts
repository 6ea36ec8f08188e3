import { Readable } from 'node:stream';
import { Get, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, NoRenewal, OwnController } from '../platform/caller/index.js';
import { ApiProblems } from '../platform/documentation/index.js';
import { Problem } from '../platform/errors/index.js';
import { Counters, RateLimitRejections } from '../platform/throttling/index.js';
import { AccountExport } from './account-export.js';
import { AccountExportResponse } from './personal-data.dto.js';

const HOUR_MS = 60 * 60_000;

/** Each reads all rows about the user. */
const EXPORTS_AN_HOUR = 5;

/** Everything that is kept about me. */
@ApiTags('Users')
@OwnController('api/users/me/export')
export class PersonalDataController {
  constructor(
    private readonly accountExport: AccountExport,
    private readonly counters: Counters,
    private readonly rejections: RateLimitRejections,
  ) {
    rejections.announce('export');
  }

  @NoRenewal()
  @Get()
  @ApiOperation({
    operationId: 'exportMe',
    summary: 'Export everything that is kept about me',
    description:
      'As a file, which may be long. It has no password, token or code. At most five times an hour.',
  })
  @ApiOkResponse({ type: AccountExportResponse })
  @ApiProblems('rate_limited', 'service_unavailable')
  async export(@CurrentUser() { id }: { id: string }): Promise<StreamableFile> {
    const { count, msLeft } = await this.counters.hit(`export:${id}`, HOUR_MS);
    if (count > EXPORTS_AN_HOUR) this.rejections.rejectRateLimited('export', msLeft);
    const document = await this.accountExport.read(id);
    if (!document) throw new Problem('session_revoked');
    return asFile(Readable.from(document));
  }
}

/** A file that is cut off ends with its connection: otherwise it would seem to be complete. */
function asFile(content: Readable): StreamableFile {
  const file = new StreamableFile(content, {
    type: 'application/json; charset=utf-8',
    disposition: 'attachment; filename="account.json"',
  });
  return file.setErrorHandler((_error, response) => (response as unknown as Readable).destroy());
}

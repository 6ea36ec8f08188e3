import { Injectable } from '@nestjs/common';
import { Config } from '../../config/index.js';
import { Primary } from './primary.js';

/** The primary for each of the two configured URLs, which are often the same. */
@Injectable()
export class Primaries {
  /** For requests, possibly through a pooler. */
  readonly pooled: Primary;
  /** For what a pooler does not support. */
  readonly direct: Primary;

  constructor({ database }: Config) {
    this.direct = new Primary(database.directUrl);
    this.pooled = database.url === database.directUrl ? this.direct : new Primary(database.url);
  }
}

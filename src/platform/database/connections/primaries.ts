import { Injectable } from '@nestjs/common';
import { Config } from '../../config/index.js';
import { Primary } from './primary.js';

/** The primary behind each of the two URLs of the configuration, which are often the same. */
@Injectable()
export class Primaries {
  /** For requests; there may be a pooler in between. */
  readonly pooled: Primary;
  /** For what a pooler cannot carry. */
  readonly direct: Primary;

  constructor({ database }: Config) {
    this.direct = new Primary(database.directUrl);
    this.pooled = database.url === database.directUrl ? this.direct : new Primary(database.url);
  }
}

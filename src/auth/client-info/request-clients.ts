import { Injectable } from '@nestjs/common';
import { HttpHooks } from '../../platform/http/index.js';
import { clientOf } from './client.decorator.js';

/** Adds `request.client`, for features that do not depend on this one. */
@Injectable()
export class RequestClients {
  constructor(hooks: HttpHooks) {
    hooks.defineMember('client', clientOf);
  }
}

import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { fastifyOf } from '../../platform/http/index.js';
import { clientOf } from './client.decorator.js';

/** Adds `request.client`, for features that do not depend on this one. */
@Injectable()
export class RequestClients {
  constructor(host: HttpAdapterHost) {
    fastifyOf(host)?.decorateRequest('client', {
      getter() {
        return clientOf(this);
      },
    });
  }
}

import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { fastifyOf } from '../../platform/http/index.js';
import { clientOf } from './client.decorator.js';

/** Lets features that know nothing of this one ask a request for its client, `request.client`. */
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

import type { IncomingMessage } from 'node:http';
import { Injectable, VersioningType } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { ApiPaths } from './api-paths.js';
import { HttpHooks } from './hooks/http-hooks.js';

/**
 * Replaces aliases of paths in requests, before anything else sees them: routes and middleware of
 * a certain path then run for its aliases, too.
 */
@Injectable()
export class PathAliases {
  constructor(hooks: HttpHooks, paths: ApiPaths, application: ApplicationConfig) {
    hooks.onServer((server) => {
      server.prependListener('request', (request: RequestWithAlias) => {
        const given = request.url ?? '/';
        const hasVersions = application.getVersioning()?.type === VersioningType.URI;
        const canonical = paths.canonicalUrl(given, hasVersions);
        if (canonical === given) return;
        // Fastify and Express both take it from here.
        request.originalUrl = given;
        request.url = canonical;
      });
    });
  }
}

interface RequestWithAlias extends IncomingMessage {
  originalUrl?: string;
}

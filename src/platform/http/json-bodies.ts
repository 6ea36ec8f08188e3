import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../errors/index.js';
import { ApiPaths } from './api-paths.js';
import { ExpressHooks, FastifyHooks, HttpHooks } from './hooks/index.js';
import type { HttpRequest } from './http-request.js';
import { exceedsBounds } from './json-bounds.js';
import { MAX_BODY_BYTES } from './request-limits.js';

/**
 * Fails on bytes that are not UTF-8, instead of replacing them (RFC 8259, section 8.1).
 */
const utf8 = new TextDecoder('utf-8', { fatal: true });

const JSON_TYPE = 'application/json';

/** Replaces the type of our own JSON bodies, so that the application's parser gets only its own. */
const OWN_JSON_TYPE = 'application/vnd.evergreen+json';

const WITHOUT_BODY: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

/**
 * Parses JSON bodies; no other type is accepted. An empty body counts as not sent, since many
 * clients send a content type without a body. It rejects keys that could change an object's
 * prototype, deep nesting, and too many members.
 *
 * In another application, only the bodies of our routes are parsed here; it parses its own.
 */
@Injectable()
export class JsonBodies {
  constructor(
    hooks: HttpHooks,
    private readonly paths: ApiPaths,
    private readonly host: HttpAdapterHost,
  ) {
    if (!paths.isWholeServer) hooks.beforeBody((request) => this.requireJson(request));
    if (hooks instanceof FastifyHooks) this.parseOnFastify(host.httpAdapter.getInstance());
    if (hooks instanceof ExpressHooks) this.parseOnExpress(hooks);
  }

  private requireJson({ url, method, headers }: HttpRequest): Problem | undefined {
    const type = headers['content-type'];
    if (type === undefined || WITHOUT_BODY.includes(method) || !this.paths.isOwn(url))
      return undefined;
    if (!isJson(type)) return new Problem('unsupported_media_type');
    headers['content-type'] = OWN_JSON_TYPE;
    return undefined;
  }

  private parseOnFastify(fastify: FastifyInstance): void {
    const { isWholeServer } = this.paths;
    if (isWholeServer) fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser(
      isWholeServer ? JSON_TYPE : OWN_JSON_TYPE,
      { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
      (_request, body, done) => {
        const { value, problem } = parsed(body as Buffer);
        done(problem ?? null, value);
      },
    );
  }

  private parseOnExpress(hooks: ExpressHooks): void {
    const adapter = this.host.httpAdapter as unknown as ExpressAdapter;
    const options = { type: OWN_JSON_TYPE, limit: MAX_BODY_BYTES, inflate: false };
    adapter.useBodyParser('raw', false, options);
    hooks.afterBody((request) => {
      if (request.headers['content-type'] !== OWN_JSON_TYPE) return undefined;
      const { value, problem } = parsed((request.body ?? Buffer.alloc(0)) as Buffer);
      request.body = value;
      return problem;
    });
  }
}

/** What is used of Nest's adapter for Express, whose package is no dependency. */
interface ExpressAdapter {
  useBodyParser(type: 'raw', rawBody: boolean, options: object): void;
}

function isJson(contentType: string): boolean {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() === JSON_TYPE;
}

/** The value of a body, or the problem of one that does not parse. */
function parsed(body: Buffer): { value?: unknown; problem?: Problem } {
  if (body.length === 0) return {};
  try {
    return { value: parse(body) };
  } catch (error) {
    return { problem: new Problem('malformed_json', { cause: error }) };
  }
}

function parse(json: Buffer): unknown {
  if (exceedsBounds(json)) throw new SyntaxError('It is nested too deep, or has too many members.');
  return JSON.parse(utf8.decode(json), rejectPrototypeKeys);
}

function rejectPrototypeKeys(key: string, value: unknown): unknown {
  if (key === '__proto__' || key === 'constructor' || key === 'prototype')
    throw new SyntaxError(`The key ${key} is refused.`);
  return value;
}

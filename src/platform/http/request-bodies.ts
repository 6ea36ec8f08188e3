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

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Replace the types of our own bodies, so that the application's parsers get only its own. */
const OWN_JSON_TYPE = 'application/vnd.evergreen+json';
const OWN_FORM_TYPE = 'application/vnd.evergreen+form';

const WITHOUT_BODY: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

/**
 * Parses JSON bodies, and forms on the routes that accept them; no other type is accepted. An empty body counts as not sent, since many
 * clients send a content type without a body. It rejects keys that could change an object's
 * prototype, deep nesting, and too many members.
 *
 * In another application, only the bodies of our routes are parsed here; it parses its own.
 */
@Injectable()
export class RequestBodies {
  private readonly formPaths = new Set<string>();

  constructor(
    private readonly hooks: HttpHooks,
    private readonly paths: ApiPaths,
    private readonly host: HttpAdapterHost,
  ) {
    if (!paths.isWholeServer) hooks.beforeBody((request) => this.requireJson(request));
    if (hooks instanceof FastifyHooks) this.parseOnFastify(host.httpAdapter.getInstance());
    if (hooks instanceof ExpressHooks) this.parseOnExpress(hooks);
  }

  /**
   * From now on, the body of a POST to this path may also be a form: it becomes an object of texts.
   * Call it when providers are created, before the application reads bodies.
   */
  acceptForms(path: string): void {
    this.formPaths.add(path);
    if (this.paths.isWholeServer && this.formPaths.size === 1)
      this.hooks.beforeBody((request) => {
        if (this.isForm(request)) request.headers['content-type'] = OWN_FORM_TYPE;
        return undefined;
      });
  }

  private isForm({ url, method, headers }: HttpRequest): boolean {
    return (
      method === 'POST' &&
      this.formPaths.has(pathOf(url)) &&
      typeOf(headers['content-type'] ?? '') === FORM_TYPE
    );
  }

  private requireJson(request: HttpRequest): Problem | undefined {
    const { url, method, headers } = request;
    const type = headers['content-type'];
    if (type === undefined || WITHOUT_BODY.includes(method) || !this.paths.isOwn(url))
      return undefined;
    const isForm = this.isForm(request);
    if (!isForm && typeOf(type) !== JSON_TYPE) return new Problem('unsupported_media_type');
    headers['content-type'] = isForm ? OWN_FORM_TYPE : OWN_JSON_TYPE;
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
    fastify.addContentTypeParser(
      OWN_FORM_TYPE,
      { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
      (request, body, done) => {
        // A client may send the name that is our own to any route.
        const isAccepted = this.formPaths.has(pathOf(request.url));
        const { value, problem } = isAccepted
          ? parsedForm(body as Buffer)
          : { value: undefined, problem: new Problem('unsupported_media_type') };
        done(problem ?? null, value);
      },
    );
  }

  private parseOnExpress(hooks: ExpressHooks): void {
    const adapter = this.host.httpAdapter as unknown as ExpressAdapter;
    const types = [OWN_JSON_TYPE, OWN_FORM_TYPE];
    const options = { type: types, limit: MAX_BODY_BYTES, inflate: false };
    adapter.useBodyParser('raw', false, options);
    hooks.afterBody((request) => {
      const type = request.headers['content-type'] ?? '';
      if (!types.includes(type)) return undefined;
      const parse = type === OWN_FORM_TYPE ? parsedForm : parsed;
      const { value, problem } = parse((request.body ?? Buffer.alloc(0)) as Buffer);
      request.body = value;
      return problem;
    });
  }
}

/** What is used of Nest's adapter for Express, whose package is no dependency. */
interface ExpressAdapter {
  useBodyParser(type: 'raw', rawBody: boolean, options: object): void;
}

/** The media type, without parameters such as `charset`. */
function typeOf(contentType: string): string {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
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

/**
 * The fields of a form. A field that occurs twice is a problem: two readers might each take another
 * one (RFC 6749, section 3.1).
 */
function parsedForm(body: Buffer): { value?: unknown; problem?: Problem } {
  const fields = [...new URLSearchParams(body.toString('latin1'))];
  const value = Object.fromEntries(fields);
  return Object.keys(value).length === fields.length
    ? { value }
    : { problem: new Problem('malformed_request') };
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

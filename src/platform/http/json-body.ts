import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Problem } from '../errors/index.js';
import { fastifyOf } from './fastify-of.js';
import { exceedsBounds } from './json-bounds.js';

/**
 * Fails on bytes that are not UTF-8, instead of replacing them (RFC 8259, section 8.1).
 */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses JSON bodies; no other type is accepted. An empty body counts as not sent, since many
 * clients send a content type without a body. It rejects keys that could change an object's
 * prototype, deep nesting, and too many members.
 */
@Injectable()
export class JsonBodies {
  constructor(host: HttpAdapterHost) {
    const fastify = fastifyOf(host);
    fastify?.removeAllContentTypeParsers();
    fastify?.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer' },
      (_request, body, done) => {
        if (body.length === 0) return done(null, undefined);
        try {
          done(null, parse(body as Buffer));
        } catch (error) {
          done(new Problem('malformed_json', { cause: error }));
        }
      },
    );
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

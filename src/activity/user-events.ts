import { Injectable } from '@nestjs/common';
import { limitOf, toEventResponse, type EventListResponse, type EventsQuery } from './event.dto.js';
import { EventStore } from './event.store.js';

/** The recorded security events of one user. */
@Injectable()
export class UserEvents {
  constructor(private readonly store: EventStore) {}

  /** A page of them, newest first. */
  async list(userId: string, query: EventsQuery): Promise<EventListResponse> {
    const limit = limitOf(query);
    // One more than requested, to know whether there is another page.
    const found = await this.store.list(userId, limit + 1, query.cursor);
    const page = found.slice(0, limit);
    return {
      events: page.map(toEventResponse),
      next_cursor: found.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  }
}

import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayDisconnect,
} from '@nestjs/websockets';
import { AccessTokens, Clock, Public, SessionEndings, type Principal } from 'evergreen-auth';
import { filter, type Subscription } from 'rxjs';
import { WebSocket } from 'ws';
import { NoteResponse } from './note.dto.js';
import type { Note } from './note.entity.js';
import { NotesService } from './notes.service.js';

/** The client is to refresh its tokens and to connect again, if its session is still there. */
const SIGNED_OUT = 4401;

/**
 * Sends users their new notes, from all their devices. A socket is signed in by the message
 * `{ "event": "sign-in", "data": "<access token>" }`, again with each new token, and is closed when
 * the session ends.
 */
@WebSocketGateway({ path: '/api/notes/live' })
export class NotesGateway implements OnGatewayDisconnect<WebSocket> {
  private readonly followers = new Map<WebSocket, Subscription>();

  constructor(
    private readonly tokens: AccessTokens,
    private readonly endings: SessionEndings,
    private readonly notes: NotesService,
    private readonly clock: Clock,
  ) {}

  @Public()
  @SubscribeMessage('sign-in')
  async signIn(@ConnectedSocket() socket: WebSocket, @MessageBody() token: string) {
    const principal = await this.tokens.attach(socket, token);
    this.handleDisconnect(socket);
    // It may have been closed while the token was verified.
    if (socket.readyState === WebSocket.OPEN)
      this.followers.set(socket, this.follow(socket, principal));
    return { event: 'signed-in', data: principal.userId };
  }

  handleDisconnect(socket: WebSocket): void {
    this.followers.get(socket)?.unsubscribe();
    this.followers.delete(socket);
  }

  private follow(socket: WebSocket, { userId, sessionId, expiresAt }: Principal): Subscription {
    const following = this.endings.of(sessionId).subscribe(() => socket.close(SIGNED_OUT));
    const own = this.notes.created.pipe(filter(({ ownerId }) => ownerId === userId));
    following.add(own.subscribe((note) => this.send(socket, note, expiresAt)));
    return following;
  }

  /** The guard judges what arrives. What is sent is judged here. */
  private send(socket: WebSocket, note: Note, expiresAt: number): void {
    if (this.clock.nowMs() >= expiresAt * 1000) socket.close(SIGNED_OUT);
    else socket.send(JSON.stringify({ event: 'note', data: new NoteResponse(note) }));
  }
}

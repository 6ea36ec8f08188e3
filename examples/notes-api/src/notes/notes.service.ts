import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Problem } from 'evergreen-auth';
import { Subject, type Observable } from 'rxjs';
import { Repository } from 'typeorm';
import { Note } from './note.entity.js';

/**
 * The notes of users. Every method takes the user, and to others than its owner a note does not
 * exist: `not_found`.
 */
@Injectable()
export class NotesService {
  private readonly createdNotes = new Subject<Note>();

  /** The notes that are created by this instance of the application. */
  readonly created: Observable<Note> = this.createdNotes;

  constructor(@InjectRepository(Note) private readonly notes: Repository<Note>) {}

  /** The newest first. */
  list(ownerId: string, limit: number): Promise<Note[]> {
    return this.notes.find({ where: { ownerId }, order: { createdAt: 'DESC' }, take: limit });
  }

  async create(ownerId: string, text: string): Promise<Note> {
    const note = await this.notes.save(this.notes.create({ ownerId, text }));
    this.createdNotes.next(note);
    return note;
  }

  /** @throws Problem `not_found` */
  async read(ownerId: string, id: string): Promise<Note> {
    const note = await this.notes.findOneBy({ id, ownerId });
    if (!note) throw new Problem('not_found');
    return note;
  }

  /** @throws Problem `not_found` */
  async change(ownerId: string, id: string, text: string): Promise<Note> {
    const note = await this.read(ownerId, id);
    await this.notes.update({ id, ownerId }, { text });
    return { ...note, text };
  }

  /** @throws Problem `not_found` */
  async delete(ownerId: string, id: string): Promise<void> {
    const { affected } = await this.notes.delete({ id, ownerId });
    if (!affected) throw new Problem('not_found');
  }
}

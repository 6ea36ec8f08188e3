import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsString, Length, Max, Min } from 'class-validator';
import type { Note } from './note.entity.js';

const MAX_CHARACTERS = 10_000;

/** The body of a request that creates or changes a note. */
export class NoteText {
  @ApiProperty({ minLength: 1, maxLength: MAX_CHARACTERS, example: 'Water the trees.' })
  @IsString()
  @Length(1, MAX_CHARACTERS)
  text!: string;
}

/** The query of the list. */
export class ListedNotes {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 100, default: 100, required: false })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit = 100;
}

/** A note as its owner sees it. */
export class NoteResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'Water the trees.' })
  text: string;

  @ApiProperty()
  created_at: Date;

  constructor({ id, text, createdAt }: Note) {
    this.id = id;
    this.text = text;
    this.created_at = createdAt;
  }
}

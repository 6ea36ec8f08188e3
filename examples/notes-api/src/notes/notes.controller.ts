import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  ParseUUIDPipe,
  Patch,
  Post,
  Query,
} from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentUser } from 'evergreen-auth';
import { ListedNotes, NoteResponse, NoteText } from './note.dto.js';
import { NotesService } from './notes.service.js';

/** What is no UUID is the id of no note. */
const Id = () => Param('id', new ParseUUIDPipe({ errorHttpStatusCode: 404 }));

/** The notes of the user who makes the request. */
@ApiTags('Notes')
@Controller('api/notes')
export class NotesController {
  constructor(private readonly notes: NotesService) {}

  @ApiOperation({ operationId: 'listNotes', summary: 'My newest notes' })
  @ApiOkResponse({ type: [NoteResponse] })
  @Get()
  async list(
    @CurrentUser() user: { id: string },
    @Query() { limit }: ListedNotes,
  ): Promise<NoteResponse[]> {
    return (await this.notes.list(user.id, limit)).map((note) => new NoteResponse(note));
  }

  @ApiOperation({ operationId: 'createNote', summary: 'Write a note' })
  @ApiCreatedResponse({ type: NoteResponse })
  @Post()
  async create(
    @CurrentUser() user: { id: string },
    @Body() { text }: NoteText,
  ): Promise<NoteResponse> {
    return new NoteResponse(await this.notes.create(user.id, text));
  }

  @ApiOperation({ operationId: 'getNote', summary: 'One of my notes' })
  @ApiOkResponse({ type: NoteResponse })
  @Get(':id')
  async read(@CurrentUser() user: { id: string }, @Id() id: string): Promise<NoteResponse> {
    return new NoteResponse(await this.notes.read(user.id, id));
  }

  @ApiOperation({ operationId: 'changeNote', summary: 'Change one of my notes' })
  @ApiOkResponse({ type: NoteResponse })
  @Patch(':id')
  async change(
    @CurrentUser() user: { id: string },
    @Id() id: string,
    @Body() { text }: NoteText,
  ): Promise<NoteResponse> {
    return new NoteResponse(await this.notes.change(user.id, id, text));
  }

  @ApiOperation({ operationId: 'deleteNote', summary: 'Delete one of my notes' })
  @ApiNoContentResponse()
  @HttpCode(204)
  @Delete(':id')
  delete(@CurrentUser() user: { id: string }, @Id() id: string): Promise<void> {
    return this.notes.delete(user.id, id);
  }
}

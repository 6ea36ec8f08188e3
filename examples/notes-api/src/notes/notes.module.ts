import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule, SessionsModule } from 'evergreen-auth';
import { Note } from './note.entity.js';
import { NotesController } from './notes.controller.js';
import { NotesGateway } from './notes.gateway.js';
import { NotesSchema } from './notes.schema.js';
import { NotesService } from './notes.service.js';

@Module({
  imports: [AuthModule, SessionsModule, TypeOrmModule.forFeature([Note])],
  controllers: [NotesController],
  providers: [NotesGateway, NotesSchema, NotesService],
})
export class NotesModule {}

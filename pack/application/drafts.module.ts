/** A team's module that fails where the package brings a second copy of one of its peers along. */
import { Body, ConflictException, Controller, Get, Module, Post } from '@nestjs/common';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { Type } from 'class-transformer';
import { IsDate, IsString } from 'class-validator';
import { Problem, SessionEndings, SessionsModule, User, type SessionEnded } from 'evergreen-auth';
import { Observable } from 'rxjs';
import { Column, Entity, ManyToOne, PrimaryGeneratedColumn, Repository } from 'typeorm';

class NewDraft {
  @IsString()
  title: string;

  /** A text unless class-transformer finds this decorator, and then no date for class-validator. */
  @Type(() => Date)
  @IsDate()
  written_at: Date;
}

@Entity('drafts')
class Draft {
  @PrimaryGeneratedColumn('uuid')
  id: string;

  @Column()
  title: string;

  @ManyToOne(() => User)
  owner: User;
}

@Controller('api/drafts')
class DraftsController {
  readonly ended: Observable<SessionEnded>;

  constructor(
    @InjectRepository(Draft) private readonly drafts: Repository<Draft>,
    endings: SessionEndings,
  ) {
    this.ended = endings.all;
  }

  @Get()
  columns() {
    return { columns: this.drafts.metadata.primaryColumns.map(({ propertyName }) => propertyName) };
  }

  @Post()
  create(@Body() { title, written_at }: NewDraft) {
    if (title === '') throw new Problem('validation_failed');
    return { title, year: written_at.getUTCFullYear() };
  }

  @Post('conflict')
  conflict() {
    throw new ConflictException('There is a draft of this title.');
  }
}

@Module({
  imports: [SessionsModule, TypeOrmModule.forFeature([Draft])],
  controllers: [DraftsController],
})
export class DraftsModule {}

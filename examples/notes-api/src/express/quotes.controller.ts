import { Body, Controller, Get, Post } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsString, Length } from 'class-validator';
import { CurrentUser, Public } from 'evergreen-auth';
import { Repository } from 'typeorm';
import { Quote } from './quote.entity.js';

class NewQuote {
  @IsString()
  @Length(1, 500)
  text!: string;
}

/** Everybody may read them; who is signed in may add one. */
@Controller('quotes')
export class QuotesController {
  constructor(@InjectRepository(Quote) private readonly quotes: Repository<Quote>) {}

  @Public()
  @Get()
  list(): Promise<Quote[]> {
    return this.quotes.find({ order: { id: 'ASC' } });
  }

  @Post()
  add(@CurrentUser() user: { id: string }, @Body() { text }: NewQuote): Promise<Quote> {
    return this.quotes.save(this.quotes.create({ text, addedBy: user.id }));
  }
}

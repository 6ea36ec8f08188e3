import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A table that the application had before. */
@Entity('quotes')
export class Quote {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text')
  text!: string;

  @Column('uuid', { name: 'added_by' })
  addedBy!: string;
}

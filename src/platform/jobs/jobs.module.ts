import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Jobs } from './jobs.js';

/** Runs the jobs of a server. A command does without. */
@Module({ imports: [DiscoveryModule], providers: [Jobs] })
export class JobsModule {}

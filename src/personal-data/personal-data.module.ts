import { Module } from '@nestjs/common';
import { AccountExport } from './account-export.js';
import { PersonalDataController } from './personal-data.controller.js';

/** Shows users everything that is kept about them. */
@Module({ controllers: [PersonalDataController], providers: [AccountExport] })
export class PersonalDataModule {}

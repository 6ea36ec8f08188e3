import { BASE_PATH } from '../base.js';
import { SETTINGS } from '../settings.js';

/** Paths of what else the server shows; undefined where it does not. */
export const PLACES = {
  documentation: `${BASE_PATH}/docs`,
  laboratory: SETTINGS.laboratory ? `${BASE_PATH}/lab/` : undefined,
  mailbox: SETTINGS.mailbox ? `${BASE_PATH}/mailbox` : undefined,
};

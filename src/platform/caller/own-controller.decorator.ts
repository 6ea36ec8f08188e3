import { applyDecorators, Controller, SetMetadata, VERSION_NEUTRAL } from '@nestjs/common';

const IS_OWN = 'evergreen:own-controller';

/**
 * A controller of this server. Its paths are those of the documentation, whatever prefix and versions
 * a team gives to its own.
 */
export function OwnController(path: string): ClassDecorator {
  return applyDecorators(Controller({ path, version: VERSION_NEUTRAL }), SetMetadata(IS_OWN, true));
}

/** True for the class of a controller of this server. */
export function isOwnController(controller: object): boolean {
  return Reflect.hasMetadata(IS_OWN, controller);
}

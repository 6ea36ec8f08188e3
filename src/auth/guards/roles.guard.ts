import {
  applyDecorators,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { callerOf } from '../../platform/caller/index.js';
import { ApiProblems } from '../../platform/documentation/index.js';
import { Problem } from '../../platform/errors/index.js';

/** Metadata key behind `@Roles()`. */
const ROLES = 'evergreen:roles';

/**
 * Allows only users with one of the roles, on routes, resolvers and messages, or on all those of a
 * class; on one of them, it replaces what its class says. Others get 403 `forbidden`, also what is
 * `@Public()`, since it has no user. It runs after all global guards.
 */
export function Roles(...roles: [string, ...string[]]): ClassDecorator & MethodDecorator {
  return applyDecorators(SetMetadata(ROLES, roles), UseGuards(guard), ApiProblems('forbidden'));
}

/** Bound by the decorator and not globally, so that other routes need not ask for it. */
class RolesGuard implements CanActivate {
  private readonly reflector = new Reflector();

  /** @throws Problem `forbidden` */
  canActivate(context: ExecutionContext): true {
    const places = [context.getHandler(), context.getClass()];
    const wanted = this.reflector.getAllAndOverride<readonly string[]>(ROLES, places);
    const roles = callerOf(context)?.user?.roles ?? [];
    if (!wanted.some((role) => roles.includes(role))) throw new Problem('forbidden');
    return true;
  }
}

const guard = new RolesGuard();

import type { FormValues } from '../../ui/form.js';
import type { RoleChange } from './operator-api.js';

/**
 * What a form with a box for each role, and a field for new ones with spaces between them, changes.
 */
export function changedRoles(roles: readonly string[], values: FormValues): RoleChange {
  const add = (values.roles ?? '').split(/[\s,]+/).filter((role) => role !== '');
  const remove = roles.filter((role) => !(`role ${role}` in values) && !add.includes(role));
  return { add, remove };
}

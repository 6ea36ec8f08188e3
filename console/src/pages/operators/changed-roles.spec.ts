import { changedRoles } from './changed-roles.js';

const ROLES = ['admin', 'support'];
const CHECKED = { 'role admin': 'on', 'role support': 'on' };

describe('changedRoles', () => {
  it('is nothing where the form is as it was', () => {
    expect(changedRoles(ROLES, { ...CHECKED, roles: ' ' })).toEqual({ add: [], remove: [] });
  });

  it('takes away the roles whose boxes are not checked', () => {
    const values = { 'role support': 'on', roles: '' };
    expect(changedRoles(ROLES, values)).toEqual({ add: [], remove: ['admin'] });
  });

  it('gives each of the new ones', () => {
    const values = { ...CHECKED, roles: ' eu:support, billing ' };
    expect(changedRoles(ROLES, values)).toEqual({ add: ['eu:support', 'billing'], remove: [] });
  });

  it('keeps a role that is typed again', () => {
    expect(changedRoles(['admin'], { roles: 'admin' })).toEqual({ add: ['admin'], remove: [] });
  });
});

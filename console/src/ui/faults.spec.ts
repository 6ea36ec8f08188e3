import { faultsOf, typedFaults, without } from './faults.js';

describe('faultsOf', () => {
  const invalid = (...fields: string[]) => ({
    code: 'validation_failed',
    problem: { errors: fields.map((field) => ({ field, message: `${field} is wrong` })) },
  });

  it.each([
    ['email_taken', 'email'],
    ['password_unacceptable', 'password'],
    ['current_password_invalid', 'current_password'],
    ['code_invalid', 'code'],
  ])('says %s beside the field %s', (code, field) => {
    expect(faultsOf({ code }, ['first_name', field])).toEqual({ [field]: { code } });
  });

  it('says that a password is unacceptable beside the new one of two', () => {
    const fields = ['current_password', 'new_password'];
    expect(faultsOf({ code: 'password_unacceptable' }, fields)).toEqual({
      new_password: { code: 'password_unacceptable' },
    });
  });

  it('names no field that is not in the form', () => {
    expect(faultsOf({ code: 'code_invalid' }, ['new_password'])).toEqual({});
    expect(faultsOf(invalid('transport'), ['email'])).toEqual({});
  });

  it('has a text for each field that the API does not accept', () => {
    expect(
      faultsOf(invalid('email', 'last_name', 'other'), ['email', 'last_name', 'other']),
    ).toEqual({
      email: { key: 'fault.email' },
      last_name: { key: 'fault.name' },
      other: { key: 'fault.other' },
    });
  });

  it.each([undefined, null, 'text', new Error('x'), { code: 'invalid_credentials' }])(
    'finds none in what is about no field: %p',
    (error) => {
      expect(faultsOf(error, ['email', 'password'])).toEqual({});
    },
  );
});

describe('typedFaults', () => {
  const element = (name: string, validity: Partial<ValidityState>) => ({
    name,
    validity: validity as ValidityState,
  });

  it('tells an empty field from one with a wrong value', () => {
    const elements = [
      element('email', { valid: false, typeMismatch: true }),
      element('password', { valid: false, valueMissing: true }),
      element('first_name', { valid: true }),
      element('', { valid: false }),
      {},
    ];
    expect(typedFaults(elements)).toEqual({
      email: { key: 'fault.email' },
      password: { key: 'fault.required' },
    });
  });
});

describe('without', () => {
  it('leaves out the field that is being changed', () => {
    const faults = { email: { code: 'email_taken' }, code: { code: 'code_invalid' } };
    expect(without('email', faults)).toEqual({ code: { code: 'code_invalid' } });
    expect(without('absent', faults)).toEqual(faults);
  });
});

import { maskedAddress } from './masked-address.js';

describe('maskedAddress', () => {
  it.each([
    ['ada@example.com', 'a***@example.com'],
    ['a@example.com', 'a***@example.com'],
  ])('shows the first letter and the domain of %s', (address, masked) => {
    expect(maskedAddress(address)).toBe(masked);
  });
});

import type { ExecutionContext } from '@nestjs/common';
import { oncePerRoute } from './once-per-route.js';

class Parent {
  read() {}
  write() {}
}
class Child extends Parent {}

const contextOf = (controller: typeof Parent, handler: () => void) =>
  ({ getClass: () => controller, getHandler: () => handler }) as unknown as ExecutionContext;

describe('oncePerRoute', () => {
  const { read, write } = Parent.prototype;

  it.each([true, false])('asks once, and answers %s ever after', (answer) => {
    const question = jest.fn(() => answer);
    const isSo = oncePerRoute(question);
    expect([1, 2, 3].map(() => isSo(contextOf(Parent, read)))).toEqual([answer, answer, answer]);
    expect(question).toHaveBeenCalledTimes(1);
  });

  it('asks of each handler, and of each controller that inherits it', () => {
    const isSo = oncePerRoute((context) => context.getClass() === Child && context.getHandler() === read);
    for (let round = 0; round < 2; round++) {
      expect([isSo(contextOf(Parent, read)), isSo(contextOf(Child, read)), isSo(contextOf(Child, write))]).toEqual([false, true, false]);
    }
  });
});

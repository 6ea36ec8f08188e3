type IsSame<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `same<A, B>(true)` compiles only where both types are the same. */
export function same<A, B>(_areSame: IsSame<A, B>): void {}

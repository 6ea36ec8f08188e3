import type { ExecutionContext } from '@nestjs/common';

type Answers = Map<unknown, boolean>;

/** Asks a question once of each route: what decorators say of one never changes, and to look for those that it lacks takes a microsecond each. */
export function oncePerRoute(question: (context: ExecutionContext) => boolean): (context: ExecutionContext) => boolean {
  // A handler may be inherited by several controllers.
  const byController = new Map<unknown, Answers>();

  return (context) => {
    const [controller, handler] = [context.getClass(), context.getHandler()];
    const answers = byController.get(controller) ?? (new Map() as Answers);
    const answer = answers.get(handler) ?? question(context);
    if (!answers.has(handler)) byController.set(controller, answers.set(handler, answer));
    return answer;
  };
}

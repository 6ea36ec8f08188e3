import { randomUUID } from 'node:crypto';

export interface Order {
  readonly id: string;
  readonly item: string;
  readonly quantity: number;
  readonly owner_id: string;
}

type Listener = (order: Order) => void;

/** All orders, in memory: a real service has a database here. */
export class Orders {
  private readonly orders: Order[] = [];
  private readonly listeners: Listener[] = [];

  create(ownerId: string, wanted: Pick<Order, 'item' | 'quantity'>): Order {
    const order = { id: randomUUID(), ...wanted, owner_id: ownerId };
    this.orders.push(order);
    for (const listener of this.listeners) listener(order);
    return order;
  }

  of(ownerId: string): Order[] {
    return this.orders.filter(({ owner_id }) => owner_id === ownerId);
  }

  all(): readonly Order[] {
    return this.orders;
  }

  onCreated(listener: Listener): void {
    this.listeners.push(listener);
  }
}

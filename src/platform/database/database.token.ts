/** Injection token of TypeORM's `DataSource` for our tables. */
export const DATABASE = Symbol('evergreen database');

/** What was asked of a database since it was last set to nothing. */
export interface Asked {
  /** Statements that were run, by the words that they begin with. */
  readonly statements: string[];
  /** Characters of all that came back. */
  characters: number;
}

/** A database that writes down what is asked of it. */
export function countingDatabase(database: D1Database): { readonly database: D1Database; readonly asked: Asked } {
  const asked: Asked = { statements: [], characters: 0 };
  const own = new WeakMap<object, D1PreparedStatement>();
  const heard = async <Answer>(sql: string, answer: Promise<Answer>): Promise<Answer> => {
    asked.statements.push(sql);
    const given = await answer;
    asked.characters += JSON.stringify(given ?? null).length;
    return given;
  };
  const counted = (sql: string, statement: D1PreparedStatement): D1PreparedStatement => {
    const shown = new Proxy(statement, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return (...values: unknown[]) => {
          const answer: unknown = Reflect.apply(method, target, values);
          return name === "bind" ? counted(sql, answer as D1PreparedStatement) : heard(sql, answer as Promise<unknown>);
        };
      },
    });
    own.set(shown, statement);
    return shown;
  };
  const shown = new Proxy(database, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => counted(sql, target.prepare(sql));
      if (name === "batch")
        return (statements: D1PreparedStatement[]) =>
          heard(`batch of ${statements.length}`, target.batch(statements.map((one) => own.get(one) ?? one)));
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { database: shown, asked };
}
